// Pictures of the pages for the documentation: made only when asked for (SEGUE_SHOTS=1), from the same journeys as the tests.
import { mkdir, writeFile } from 'node:fs/promises';
import { DESK, PHONE } from './browser.mjs';

/** `1` for the documentation's pictures; a folder, to look at further ones there and leave the documentation alone. */
const ASKED = process.env.SEGUE_SHOTS ?? '';
const WANTED = ASKED !== '';
const FOLDER = ASKED === '1' ? new URL('../../../docs/screenshots/', import.meta.url).pathname : `${ASKED}/`;

/** Keeps a picture of the page as `docs/screenshots/NAME.png`; with `phone`, also `NAME-phone.png`. */
export async function shot(page, name, { dark = false, phone = false, full = false } = {}) {
  if (!WANTED) return;
  await mkdir(FOLDER, { recursive: true });
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
  await page.setViewportSize(DESK);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${FOLDER}${name}.png`, fullPage: full, animations: 'disabled', caret: 'hide' });
  if (phone) {
    await page.setViewportSize(PHONE);
    await page.screenshot({ path: `${FOLDER}${name}-phone.png`, fullPage: full, animations: 'disabled', caret: 'hide' });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(DESK);
}

/** Pictures to look at while working on a page, on a screen, a phone and paper; the documentation does without them. */
export async function glance(page, name) {
  if (ASKED === '1') return;
  await shot(page, name, { phone: true, full: true });
  await shot(page, `${name}-at-night`, { dark: true, full: true });
  await paper(page, `${name}-paper`);
}

/** A file to look at while working on it. */
export async function keep(name, bytes) {
  if (!WANTED || ASKED === '1') return;
  await writeFile(`${FOLDER}${name}`, bytes);
}

/** Keeps the first sheet of the page as it prints on A4, as `docs/screenshots/NAME.png`. */
export async function paper(page, name) {
  if (!WANTED) return;
  await mkdir(FOLDER, { recursive: true });
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: `${FOLDER}${name}.png`, fullPage: false, animations: 'disabled' });
  await page.emulateMedia({ media: null, colorScheme: 'light' });
  await page.setViewportSize(DESK);
}
