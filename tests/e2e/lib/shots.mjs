// Pictures of the pages for the documentation: made only when asked for (SEGUE_SHOTS=1), from the same journeys as the tests.
import { mkdir } from 'node:fs/promises';
import { DESK, PHONE } from './browser.mjs';

const FOLDER = new URL('../../../docs/screenshots/', import.meta.url).pathname;
const WANTED = process.env.SEGUE_SHOTS === '1';

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

/** Keeps the page as it prints on A4, as `docs/screenshots/NAME.png`, when pictures are wanted. */
export async function paper(page, name) {
  if (!WANTED) return;
  await mkdir(FOLDER, { recursive: true });
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: `${FOLDER}${name}.png`, fullPage: false, animations: 'disabled' });
  await page.emulateMedia({ media: null, colorScheme: 'light' });
  await page.setViewportSize(DESK);
}
