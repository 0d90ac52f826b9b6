// Every page of the sample hospital, filled: accessible in light and dark, at a desk and on a phone, and calm.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { firstSignIn, signIn } from '../lib/journeys.mjs';
import { startSegue } from '../lib/segue.mjs';
import { glance, shot } from '../lib/shots.mjs';

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

/** An advisory that affects devices of the sample hospital, and what it speaks of. */
const ADVISORY = 'SAMPLE-2026-002';
const CVE = 'CVE-2099-10107';

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

/** A local day, so many days from now. */
const day = (after) => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10);

/** Windows, people, patients and a patch by hand, as people write them for the planner. */
const windows = () => `time_zone = "Europe/Stockholm"
[[patches]]
id = "correction-3"
title = "Correction 3"
restart = "host"
can_roll_back = true
closes = ["${CVE}"]
declared = { install = { p50 = 20, p90 = 30 }, restart = { p50 = 5, p90 = 10 }, back_out = { p50 = 10, p90 = 20 } }
steps = [{ says = "Read the label", proof = "identity" }, { says = "Try the alarm", proof = "test" }]
${[[30, 31], [33, 34], [37, 38]].map(([from, to]) => `[[windows]]
id = "night-${from}"
not_before = "${day(from)} 21:00"
latest_start = "${day(to)} 02:00"
not_after = "${day(to)} 05:00"
at_once = 6
staff = [{ skill = "clinical engineering", people = 3, person_minutes = 1400 }]
`).join('')}
[[units]]
unit = "ICU"
beds_dark_max = 6
census = [8,8,8,8,8,8,9,9,10,10,10,10,10,10,10,10,10,10,9,9,9,8,8,8]
[[walks]]
from = "H-A"
to = "H-B"
minutes = 9
`;

test('an advisory becomes a draft through the planner, without a script of ours', async () => {
  const person = await chromium.person({ javaScriptEnabled: false });
  const page = await person.newPage();
  await signIn(page, segue);
  await page.goto(`${segue.url}/advisories/${ADVISORY}`, { waitUntil: 'load' });
  await page.getByRole('link', { name: 'Plan its patches' }).click();
  assert.match(await page.innerText('main'), /No window is known/, 'what is missing is said at its field');
  await page.getByLabel('Windows, staff, units and ways').fill(windows());
  await page.getByLabel('Minutes before the rest begins').fill('600');
  await page.getByLabel('What is done when it goes wrong, and who is called').fill('Back to the version before; call 5511');
  await page.getByRole('button', { name: 'Plan', exact: true }).click();
  const found = await page.innerText('main');
  assert.match(found, /The checker finds that this plan keeps every rule/);
  assert.match(found, /proven to be the least/);
  assert.match(found, /clinical engineering: 3 there/);
  await glance(page, 'campaign');
  await page.getByRole('button', { name: 'Save as a draft' }).click();
  await page.waitForURL(/\/plans\/[0-9a-f]{12}/);
  const plan = await page.innerText('main');
  assert.match(plan, /What it reckons with/);
  assert.match(plan, /first of the round/);
  assert.match(plan, /8 to 9|every bed counts as taken/, 'patients, or that nobody has said');
  await glance(page, 'campaign-plan');
  const path = new URL(page.url()).pathname;
  await person.close();
  const reader = await chromium.person();
  const look = await reader.newPage();
  await signIn(look, segue);
  for (const at of ['/plans/new/campaign', path]) {
    await look.goto(`${segue.url}${at}`, { waitUntil: 'load' });
    await assertAccessible(look);
  }
  reader.assertCalm();
  await reader.close();
});
