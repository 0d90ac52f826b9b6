// Accessibility of a page as its users have it: light and dark, at a desk and on a phone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DESK, PHONE } from './browser.mjs';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: DESK },
  { name: 'dark', colorScheme: 'dark', viewport: DESK },
  { name: 'phone', colorScheme: 'light', viewport: PHONE },
  { name: 'phone, dark', colorScheme: 'dark', viewport: PHONE },
];

/** What axe finds in the page as it is now: one line for each violation and element. */
export async function violations(page) {
  // Evaluated by the browser's debugger: a strict Content-Security-Policy does not block it.
  if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(SOURCE);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap((violation) => violation.nodes.map((node) =>
    `${violation.id} (${violation.impact}): ${violation.help}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\s+/g, ' ')}`));
}

/** How far the page is wider than its window: a reader must never have to scroll sideways (WCAG 2.2, 1.4.10). */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Verdicts that reach out of the card, cell or line that they stand in: a reader would see them cut. */
export function cut(page) {
  return page.evaluate(() => [...document.querySelectorAll('.status')].flatMap((status) => {
    const within = status.closest('.cards, td, li, p, dd')?.getBoundingClientRect();
    const own = status.getBoundingClientRect();
    return within && own.width > 0 && own.right > within.right + 1 ? [status.innerText] : [];
  }));
}

/** Fails unless axe is content in every look, no look scrolls sideways, and no verdict is cut. Leaves the page in the first look. */
export async function assertAccessible(page) {
  const found = [];
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.colorScheme });
    await page.setViewportSize(look.viewport);
    await page.evaluate(() => document.fonts.ready);
    for (const line of await violations(page)) found.push(`${look.name}: ${line}`);
    const wider = await overflow(page);
    if (wider > 0) found.push(`${look.name}: the page is ${wider} px wider than its window`);
    for (const text of await cut(page)) found.push(`${look.name}: cut at the edge: ${text}`);
  }
  await page.emulateMedia({ colorScheme: LOOKS[0].colorScheme });
  await page.setViewportSize(LOOKS[0].viewport);
  assert.equal(found.length, 0, `accessibility of ${page.url()}:\n${found.join('\n')}`);
}
