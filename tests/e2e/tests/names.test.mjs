// The first complete journey on the sample hospital: lists go in by upload, the matrix comes out, a name is confirmed, and a
// second window sees the matrix change by itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { firstSignIn, follow } from '../lib/journeys.mjs';
import { activate } from '../lib/keyboard.mjs';
import { startSegue } from '../lib/segue.mjs';
import { shot } from '../lib/shots.mjs';

const SAMPLE = new URL('../../../crates/segue/demo/', import.meta.url).pathname;
const ADVISORIES = Array.from({ length: 16 }, (_, n) => n + 1)
  .filter((n) => n !== 3)
  .map((n) => `${SAMPLE}advisories/sample-2026-${String(n).padStart(3, '0')}.json`);

let segue;
let chromium;
before(async () => {
  segue = await startSegue();
  chromium = await startBrowser();
});
after(async () => { await chromium?.close(); await segue?.stop(); });

/** The whole number in the first text that `pattern` matches. */
async function figure(page, pattern) {
  const text = await page.locator('main').innerText();
  const found = pattern.exec(text);
  assert.ok(found, `${pattern} is not in:\n${text}`);
  return Number(found[1].replace(/\D/g, ''));
}

async function upload(page, kind, files) {
  await page.goto(`${segue.url}/imports`, { waitUntil: 'load' });
  await page.getByLabel('What is it?').selectOption(kind);
  await page.locator('input[type=file]').setInputFiles(files);
  await page.getByRole('button', { name: /upload/i }).click();
}

test('from an empty journal to a matrix that changes in a second window', async () => {
  const person = await chromium.person();
  const page = await person.newPage();
  await firstSignIn(page, segue);
  await upload(page, 'advisories', ADVISORIES);
  await page.getByRole('button', { name: /^Import/ }).click();
  await page.getByText(/See this import/).first().waitFor();
  await upload(page, 'inventory', [`${SAMPLE}devices.csv`]);
  await page.getByRole('button', { name: /^Import 910/ }).waitFor();
  await assertAccessible(page);
  await shot(page, 'import-preview', { full: false });
  await page.getByRole('button', { name: /^Import 910/ }).click();
  await page.getByText(/See this import/).first().waitFor();

  const second = await person.newPage();
  await second.goto(`${segue.url}/matrix`, { waitUntil: 'load' });
  const before = await second.locator('main').innerText();
  await page.bringToFront();
  await follow(page, 'Names');
  await assertAccessible(page);
  await shot(page, 'aliases', { phone: true });
  await page.getByRole('button', { name: /^Same/ }).first().click();
  await page.getByText(/undo|take back/i).first().waitFor();
  await second.bringToFront();
  await second.waitForFunction((was) => document.querySelector('main').innerText !== was, before);
  person.assertCalm();
  await person.close();
});
