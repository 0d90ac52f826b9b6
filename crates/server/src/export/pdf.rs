//! What is filed: text set on A4 pages as PDF. Plain: headings, lines, tables; it reads without colour.

use krilla::Document;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::http::Problem;
use crate::parts::Table;
use crate::words::Words;

const REGULAR: &[u8] = include_bytes!("../../fonts/segue-report-regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/segue-report-bold.ttf");
/// A4 in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 48.0;
/// Longest name of a file.
const NAME_LENGTH_MAX: usize = 80;

/// Columns of a table: left edges and widths in points; 499 are there.
pub(crate) type Columns = [(f32, f32)];

/// Why something could not be set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PdfError {
    /// Our own fonts do not load.
    #[error("the page's font does not load")]
    Font,
    /// The page has no size.
    #[error("the page has no size")]
    Page,
    /// The document cannot be written.
    #[error("the document cannot be written: {0}")]
    Write(String),
}

/// A font with what is needed to break lines.
struct Type {
    font: Font,
    face: Face<'static>,
}

impl Type {
    fn new(bytes: &'static [u8]) -> Result<Type, PdfError> {
        let font = Font::new(bytes.to_vec().into(), 0).ok_or(PdfError::Font)?;
        Ok(Type { font, face: Face::parse(bytes, 0).map_err(|_| PdfError::Font)? })
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let units: u32 = text
            .chars()
            .map(|c| {
                self.face.glyph_index(c).and_then(|glyph| self.face.glyph_hor_advance(glyph)).unwrap_or(600)
            })
            .map(u32::from)
            .sum();
        #[allow(clippy::cast_precision_loss)] // a line has far fewer units than 2^24
        let units = units as f32;
        units * size / f32::from(self.face.units_per_em())
    }

    /// Lines no wider than `width`; a word that is wider by itself is broken.
    fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer, size) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                let longer = format!("{line}{c}");
                if self.width(&longer, size) > width && !line.is_empty() {
                    lines.push(std::mem::replace(&mut line, c.to_string()));
                } else {
                    line = longer;
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}

/// Something to be set.
struct Line {
    /// Cells beside one another: left edge, text, bold.
    cells: Vec<(f32, String, bool)>,
    size: f32,
    /// Space before it.
    before: f32,
}

/// What a font without the sign would show as a box is written as the signs that it has.
fn plain(text: &str) -> String {
    text.replace('\u{202f}', "\u{a0}")
}

/// Sets lines one after another.
pub(crate) struct Setter {
    regular: Type,
    bold: Type,
    lines: Vec<Line>,
}

impl Setter {
    /// Nothing is set yet.
    ///
    /// # Errors
    /// Our own fonts do not load.
    pub(crate) fn new() -> Result<Setter, PdfError> {
        Ok(Setter { regular: Type::new(REGULAR)?, bold: Type::new(BOLD)?, lines: Vec::new() })
    }

    /// A line of the text, broken where it is too long. `size` and `before` in points.
    pub(crate) fn text(&mut self, text: &str, size: f32, bold: bool, before: f32) {
        let kind = if bold { &self.bold } else { &self.regular };
        let set = kind.lines(&plain(text), size, PAGE.0 - 2.0 * MARGIN);
        for (n, line) in set.into_iter().enumerate() {
            let before = if n == 0 { before } else { 0.0 };
            self.lines.push(Line { cells: vec![(0.0, line, bold)], size, before });
        }
    }

    /// A row of a table.
    pub(crate) fn row(&mut self, columns: &Columns, cells: &[&str], bold: bool) {
        const SIZE: f32 = 8.0;
        let kind = if bold { &self.bold } else { &self.regular };
        let set: Vec<Vec<String>> = cells
            .iter()
            .zip(columns)
            .map(|(text, (_, width))| kind.lines(&plain(text), SIZE, *width))
            .collect();
        let tallest = set.iter().map(Vec::len).max().unwrap_or(0);
        for n in 0..tallest {
            let cells = set
                .iter()
                .zip(columns)
                .filter_map(|(lines, (x, _))| lines.get(n).map(|line| (*x, line.clone(), bold)))
                .collect();
            self.lines.push(Line { cells, size: SIZE, before: if n == 0 { 4.0 } else { 0.0 } });
        }
    }

    /// A table, every row of it.
    pub(crate) fn table(&mut self, columns: &Columns, table: &Table) {
        for (number, row) in table.words().iter().enumerate() {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            self.row(columns, &cells, number == 0);
        }
    }

    /// A heading.
    pub(crate) fn heading(&mut self, text: &str) {
        self.text(text, 11.0, true, 14.0);
    }

    /// The lines of each page.
    fn pages(&mut self) -> Vec<Vec<(f32, Line)>> {
        let (top, bottom) = (MARGIN, PAGE.1 - MARGIN - 16.0);
        let mut pages = vec![Vec::new()];
        let mut y = top;
        for line in std::mem::take(&mut self.lines) {
            let height = line.size * 1.35;
            if y + line.before + height > bottom {
                pages.push(Vec::new());
                y = top;
            } else {
                y += line.before;
            }
            y += height;
            if let Some(page) = pages.last_mut() {
                page.push((y, line));
            }
        }
        pages
    }

    fn draw(&self, surface: &mut Surface<'_>, x: f32, y: f32, text: &str, size: f32, bold: bool) {
        let font = if bold { &self.bold.font } else { &self.regular.font };
        surface.draw_text(Point::from_xy(x, y), font.clone(), size, text, false, TextDirection::LeftToRight);
    }

    /// Everything that was set, as a PDF with page numbers.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn finish(mut self, w: Words, hospital: &str, title: &str) -> Result<Vec<u8>, PdfError> {
        let pages = self.pages();
        let mut document = Document::new();
        document.set_metadata(Metadata::new().title(title.to_owned()).language(w.language.tag().to_owned()));
        let count = w.number(pages.len() as u64);
        for (number, lines) in (1_u64..).zip(&pages) {
            let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PdfError::Page)?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for (y, line) in lines {
                for (x, text, bold) in &line.cells {
                    self.draw(&mut surface, MARGIN + x, *y, text, line.size, *bold);
                }
            }
            let foot = format!("{hospital} · {}", w.report_page(&w.number(number), &count));
            self.draw(&mut surface, MARGIN, PAGE.1 - MARGIN, &plain(&foot), 8.0, false);
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|error| PdfError::Write(format!("{error:?}")))
    }
}

/// A PDF as the answer to a request, under this name (without what a file system may not take). `set` takes processor time: it has a thread of its own.
pub(crate) async fn answer(
    name: &str,
    set: impl FnOnce() -> Result<Vec<u8>, PdfError> + Send + 'static,
) -> Result<Response, Problem> {
    let bytes =
        tokio::task::spawn_blocking(set).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let safe: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(NAME_LENGTH_MAX).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{safe}.pdf\"")),
    ];
    Ok((headers, bytes).into_response())
}
