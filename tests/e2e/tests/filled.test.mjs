// Every page of the sample hospital, filled: accessible in light and dark, at a desk and on a phone, and calm.
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { firstSignIn } from '../lib/journeys.mjs';
import { startSegue } from '../lib/segue.mjs';
import { shot } from '../lib/shots.mjs';

const PAGES = [
  ['/', 'overview'],
  ['/matrix', 'matrix'],
  ['/matrix?by=unit', 'matrix-by-unit'],
  ['/devices', 'devices'],
  ['/devices/MON-1003', 'device'],
  ['/advisories', 'advisories'],
  ['/advisories/SAMPLE-2026-003', 'advisory'],
  ['/advisories/SAMPLE-2026-003/diff', 'advisory-diff'],
  ['/products', 'products'],
  ['/aliases', 'names'],
  ['/imports', 'imports'],
  ['/hospital', 'hospital'],
  ['/audit', 'audit'],
  ['/audit/1', 'audit-entry'],
  ['/settings', 'settings'],
  ['/styleguide', 'styleguide'],
];

let segue;
let chromium;
before(async () => {
  segue = await startSegue({ command: 'demo', args: ['--no-night'] });
  chromium = await startBrowser();
});
after(async () => { await chromium?.close(); await segue?.stop(); });

test('every page of a filled hospital is accessible and calm', async () => {
  const person = await chromium.person();
  const page = await person.newPage();
  await firstSignIn(page, segue);
  for (const [path, name] of PAGES) {
    await page.goto(`${segue.url}${path}`, { waitUntil: 'load' });
    await assertAccessible(page);
    await shot(page, name, { phone: ['overview', 'device', 'matrix'].includes(name) });
    person.assertCalm();
  }
  await person.close();
});
