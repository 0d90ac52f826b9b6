//! Serves the signed apt repository to the machines: files of one folder over HTTP/1.1, on the loopback interface only.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

/// Longest head of a request.
const HEAD_MAX_BYTES: u64 = 16 << 10;
/// A connection that says nothing for so long is closed.
const IDLE_TIME_MAX: Duration = Duration::from_secs(60);

/// Serves `folder` until the process ends; its port.
pub(crate) fn serve(folder: &Path) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port for the repository")?;
    let port = listener.local_addr()?.port();
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            // A connection that breaks off is the machine's to try again.
            std::thread::spawn(move || connection(stream, &folder));
        }
    });
    Ok(port)
}

fn connection(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    stream.set_read_timeout(Some(IDLE_TIME_MAX))?;
    let mut lines = BufReader::new(stream.try_clone()?);
    loop {
        let mut head = String::new();
        let mut limited = (&mut lines).take(HEAD_MAX_BYTES);
        while limited.read_line(&mut head)? > 2 {}
        let mut words = head.split(' ');
        let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(()) };
        let file = file_of(folder, path).and_then(|path| std::fs::read(path).ok());
        let (status, body) = match (method, file) {
            ("GET" | "HEAD", Some(bytes)) => ("200 OK", bytes),
            _ => ("404 Not Found", Vec::new()),
        };
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len())?;
        if method == "GET" {
            stream.write_all(&body)?;
        }
    }
}

/// The repository is flat: a path is one file name.
fn file_of(folder: &Path, path: &str) -> Option<PathBuf> {
    let name = path.trim_start_matches('/').trim_start_matches("./");
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains('/');
    plain.then(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_itself_are_served() {
        let folder = Path::new("/repository");
        assert_eq!(file_of(folder, "/./InRelease"), Some(folder.join("InRelease")));
        for path in ["/", "/../key", "/a/b", "/.hidden", ""] {
            assert_eq!(file_of(folder, path), None, "{path}");
        }
    }
}
