// A ward has agreed to a plan; then its night is gone. The planner plans it again: what can stay stays, who must be told is counted.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { firstSignIn } from '../lib/journeys.mjs';
import { activate } from '../lib/keyboard.mjs';
import { startSegue } from '../lib/segue.mjs';
import { glance } from '../lib/shots.mjs';

const BINARY = process.env.SEGUE_BIN ?? '../../target/debug/segue';
const run = promisify(execFile);

const HOSPITAL = `[[sites]]
id = "north"
name = "Northgate Hospital"
time_zone = "Europe/Stockholm"
[[buildings]]
id = "N-A"
site = "north"
name = "Building A"
[[units]]
id = "WARD-4"
building = "N-A"
name = "Ward 4"
[[units]]
id = "WARD-5"
building = "N-A"
name = "Ward 5"
[[beds]]
id = "W4-01"
unit = "WARD-4"
telemetry = true
[[services]]
id = "central-4"
kind = "central_monitoring"
name = "Central monitoring, ward 4"
beds = ["W4-01"]
redundancy = { carriers = ["STATION-4"], needed = 1 }
`;
const DEVICES = `asset_tag,manufacturer,model,software_version,unit,device_type,installer
STATION-4,Nordpuls,Vakta 60,1.0,WARD-4,Central station,staff
STATION-5,Nordpuls,Vakta 60,1.0,WARD-5,Central station,staff
STATION-6,Nordpuls,Vakta 60,1.0,WARD-5,Central station,vendor
`;
const ADVISORY = JSON.stringify({
  document: {
    category: 'csaf_security_advisory', csaf_version: '2.0', title: 'Nordpuls Vakta 60',
    publisher: { category: 'vendor', name: 'Nordpuls', namespace: 'https://nordpuls.example/' },
    tracking: {
      id: 'NP-2026-1', status: 'final', version: '1', initial_release_date: '2026-05-12T09:00:00Z',
      current_release_date: '2026-05-12T09:00:00Z',
      revision_history: [{ date: '2026-05-12T09:00:00Z', number: '1', summary: 'First.' }],
    },
  },
  product_tree: { branches: [{ category: 'vendor', name: 'Nordpuls', branches: [{ category: 'product_name', name: 'Vakta 60',
    branches: [{ category: 'product_version_range', name: 'vers:all/<2.0', product: { name: 'Nordpuls Vakta 60 <2.0', product_id: 'P1' } }] }] }] },
  vulnerabilities: [{ cve: 'CVE-2099-10371', product_status: { known_affected: ['P1'] }, notes: [{ category: 'description', text: 'Something.' }] }],
});

/** So many days from now, as a file of windows writes them. */
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const night = (id, days) => `[[windows]]
id = "${id}"
not_before = "${day(days)} 22:00"
latest_start = "${day(days + 1)} 03:00"
not_after = "${day(days + 1)} 05:00"
at_once = 2
staff = [{ skill = "clinical engineering", people = 1, person_minutes = 400 }]
visits = [{ vendor = "Nordpuls", engineers = 1, devices_max = 4 }]
`;
const PATCH = `[[patches]]
id = "vakta-2.0"
title = "Vakta 2.0"
restart = "host"
can_roll_back = true
closes = ["CVE-2099-10371"]
declared = { install = { p50 = 20, p90 = 40 }, restart = { p50 = 5, p90 = 10 }, back_out = { p50 = 10, p90 = 20 } }
steps = [{ says = "Read the label", proof = "identity" }, { says = "Try the alarm", proof = "test" }]
[[access]]
device = "STATION-5"
hours = "20:00-06:00"
says = "theatre list"
`;

let segue;
let chromium;
let files;
before(async () => {
  files = await mkdtemp(join(tmpdir(), 'segue-again-'));
  segue = await startSegue();
  chromium = await startBrowser();
});
after(async () => {
  await chromium?.close();
  await segue?.stop();
  await rm(files, { recursive: true, force: true });
});

const cli = (...args) => run(BINARY, [...args, '--data', segue.data]);

test('a plan that a ward agreed to is planned again after its night is gone', async () => {
  for (const [name, kind, text, more] of [
    ['hospital.toml', 'hospital', HOSPITAL, []], ['devices.csv', 'inventory', DEVICES, ['--yes']],
    ['np-2026-1.json', 'advisories', ADVISORY, []],
  ]) {
    await writeFile(join(files, name), text);
    await cli('import', kind, join(files, name), ...more);
  }
  await cli('account', 'open', 'karin', '--role', 'ward');
  const person = await chromium.person();
  const page = await person.newPage();
  await firstSignIn(page, segue);

  await page.goto(`${segue.url}/plans/new/campaign`, { waitUntil: 'load' });
  await page.getByLabel('Advisories').fill('NP-2026-1');
  await page.getByLabel('Windows, staff, units and ways').fill(PATCH + night('first', 20) + night('second', 23));
  await page.getByLabel('What is done when it goes wrong').fill('Back to 1.0; call 5511');
  await activate(page, page.getByRole('button', { name: 'Plan', exact: true }));
  await page.getByRole('heading', { name: 'What the planner found' }).waitFor();
  await assertAccessible(page);
  await activate(page, page.getByRole('button', { name: 'Save as a draft' }));
  const rules = await page.locator('#resources').innerText();
  assert.match(rules, /only 20:00 to 06:00 o'clock; theatre list/);
  const hash = new URL(page.url()).pathname.split('/').at(-1);
  await cli('plan', 'answer', hash, '--unit', 'WARD-4', '--accept', '--by', 'karin');

  // Nothing has changed: it stays as it is, and nobody is asked anew.
  await page.reload({ waitUntil: 'load' });
  await activate(page, page.getByRole('link', { name: 'Plan again' }));
  assert.match(await page.locator('main').innerText(), /0 devices get another window.*\n+.*3 devices stay/s);
  assert.match(await page.locator('main').innerText(), /it is the plan as it was/);

  // The second night is gone; a later one has come.
  await page.getByLabel('Windows, staff, units and ways').fill(night('first', 20) + night('third', 26));
  await activate(page, page.getByRole('button', { name: 'Plan', exact: true }));
  await page.getByRole('heading', { name: 'Against what people were told' }).waitFor();
  const said = await page.locator('main').innerText();
  assert.match(said, /2 devices get another window/);
  assert.match(said, /1 person must be told again/);
  assert.match(said, /Units that had agreed: WARD-4/);
  await assertAccessible(page);
  await glance(page, 'plan-again');
  await activate(page, page.getByRole('button', { name: 'Save as a draft' }));
  await page.getByRole('heading', { name: 'NP-2026-1' }).waitFor();
  await page.goto(`${segue.url}/plans/${hash}`, { waitUntil: 'load' });
  assert.equal(await page.getByRole('link', { name: 'Plan again' }).count(), 0, 'the plan before is superseded');
  person.assertCalm();
  await person.close();
});
