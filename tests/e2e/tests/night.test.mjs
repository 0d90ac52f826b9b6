// A patch night in the browser, from the plan to the report: drafted, answered by the ward, staffed, approved by two, started,
// seen on the board and on the ward's card, worked on by hand. Every page on the way is accessible and calm.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { firstSignIn, signIn } from '../lib/journeys.mjs';
import { startSegue, until } from '../lib/segue.mjs';
import { paper, shot } from '../lib/shots.mjs';

const OWN = 'grey-heron-beside-slow-river';

let segue;
let chromium;
before(async () => {
  segue = await startSegue({ command: 'demo' });
  chromium = await startBrowser();
});
after(async () => { await chromium?.close(); await segue?.stop(); });

const micros = (minutes) => (Date.now() + minutes * 60_000) * 1_000;

/** The emergency department's only central station, by a vendor's engineer, from now on. */
function plan() {
  const minutes = (p50, p90) => ({ p50, p90 });
  const step = (says, proof) => ({ says, proof });
  return {
    id: 'central-ed', title: 'Central station, emergency', requester: 'admin',
    patches: [{
      id: 'vakt-6', title: 'Vaktcentral 6.2', restart: 'none', can_roll_back: true, closes: [],
      declared: { install: minutes(20, 35), restart: minutes(0, 0), back_out: minutes(15, 25) },
      steps: [step('Read the label', 'identity'), step('Write down the alarm limits', 'before'), step('Install from the stick', 'said'), step('Try an alarm', 'test')],
    }],
    windows: [{ id: 'tonight', not_before: micros(-1), latest_start: micros(120), not_after: micros(240) }],
    rings: [{ title: 'The station', window: 'tonight', success_min: 1, failures_stop: 1, soak_minutes: 15, at_once_max: 1 }],
    items: [{ host: 'CS-ED-1', patches: ['vakt-6'], ring: 1, wave: 1, by: { person: 'vendor' }, owner: 'vendor' }],
    cover: [{ unit: 'ED', people: 2, task: 'Look at every monitored patient every 10 min' }],
    proof: { quiet_minutes: 120, morning_minute: 390, offsets: [{ from: 0, seconds: 3600 }], evidence_age_max_seconds: 900, stalled_after_tenths: 20 },
    contingency: 'Back to 6.1 from the disk image; call the vendor, then M. Berg.',
  };
}

async function open(page, path, name, looks = {}) {
  await page.goto(`${segue.url}${path}`, { waitUntil: 'load' });
  await assertAccessible(page);
  if (name) await shot(page, name, looks);
}

/** Opens an account and gives it a password of its own; the page that is signed in as it. */
async function colleague(admin, name, role) {
  await admin.goto(`${segue.url}/settings`, { waitUntil: 'load' });
  await admin.getByLabel('Sign-in name').fill(name);
  await admin.getByLabel('Role').selectOption(role);
  await admin.getByRole('button', { name: 'Open account' }).click();
  const once = await admin.locator('#one-time').inputValue();
  const person = await chromium.person();
  const page = await person.newPage();
  await signIn(page, segue, name, once);
  await page.getByLabel('Present password').fill(once);
  await page.getByLabel('New password', { exact: true }).fill(OWN);
  await page.getByLabel('New password again').fill(OWN);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.waitForURL(`${segue.url}/`);
  return { person, page };
}

test('from a drafted plan to a signed piece of work and its report', async () => {
  const person = await chromium.person();
  const page = await person.newPage();
  await firstSignIn(page, segue);
  for (const path of ['/plans', '/board', '/ward', '/hosts', '/incidents']) await open(page, path);
  await open(page, '/plans/new');
  await page.getByLabel('A plan as text').fill(JSON.stringify(plan()));
  await page.getByRole('button', { name: 'Draft this plan' }).first().click();
  await page.waitForURL(/\/plans\/[0-9a-f]{12}$/);
  const href = new URL(page.url()).pathname;
  const hash = href.split('/').pop();
  await assertAccessible(page);
  await shot(page, 'plan', { full: true });
  await paper(page, 'plan-paper');

  const ward = await colleague(page, 'ward.ed', 'ward');
  await open(ward.page, '/ward/ED', 'ward-asked', { phone: true });
  await open(ward.page, `/ward/ED/plans/${hash}`);
  await ward.page.getByLabel('Who is there, one a line').fill('A. Lind\nB. Ek');
  await ward.page.getByRole('button', { name: 'Confirm staff' }).click();
  await ward.page.getByText('A. Lind, B. Ek').first().waitFor();
  await ward.page.getByRole('button', { name: 'Accept' }).click();
  await ward.page.waitForURL(`${segue.url}/ward/ED`);

  for (const name of ['karin.a', 'erik.b']) {
    const one = await colleague(page, name, 'engineer');
    await open(one.page, `${href}/approve`);
    await one.page.getByRole('button', { name: 'Approve the plan' }).click();
    await one.page.waitForURL(`${segue.url}${href}`);
    one.person.assertCalm();
    await one.person.close();
  }
  await open(page, href);
  await page.getByRole('link', { name: 'Start the night…' }).click();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Start the night' }).click();
  await page.waitForURL(`${segue.url}/board`);
  await until('the ring is open', async () => {
    await page.goto(`${segue.url}/board`, { waitUntil: 'load' });
    return /open since/.test(await page.locator('main').innerText());
  }, 60_000);
  assert.match(await page.locator('main').innerText(), /0 of 1 proven/);
  await open(page, '/board', 'board', { phone: true });
  await paper(page, 'board-paper');

  const work = `${href}/work/CS-ED-1`;
  const label = await fetchLabel(page);
  const record = async (fill) => {
    await page.goto(`${segue.url}${work}`, { waitUntil: 'load' });
    await fill();
    await page.getByLabel('Your name').fill('V. Sand');
    await page.getByRole('button', { name: 'Record this step' }).click();
    await page.waitForURL(`${segue.url}${work}`);
  };
  await open(page, work, 'work', { phone: true, full: true });
  await record(() => page.getByLabel('As read or scanned').fill(label));
  await open(ward.page, '/ward/ED', 'ward-dark', { phone: true });
  await paper(ward.page, 'ward-paper');
  await record(() => page.getByLabel(/Measured or seen/).fill('alarm limits 50 to 120'));
  await record(async () => {});
  await record(async () => {
    await page.getByLabel('What was tested and seen').fill('asystole alarm after 4 s at the desk');
    await page.getByLabel('The device passed').check();
  });
  await page.getByLabel('Your name').fill('V. Sand');
  await page.getByLabel(/Version that the device shows/).fill('6.2.0');
  await page.getByRole('button', { name: 'Sign the work' }).click();
  await page.getByText(/Signed by V\. Sand/).first().waitFor();
  await open(page, `${href}/report`, 'report', { full: true });
  await paper(page, 'report-paper');
  const pdf = await page.request.get(`${segue.url}${href}/report.pdf`);
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  ward.person.assertCalm();
  await ward.person.close();
  person.assertCalm();
  await person.close();
});

/** The serial number of the station, as its label would read: from the register. */
async function fetchLabel(page) {
  const answer = await page.request.get(`${segue.url}/api/v1/devices/CS-ED-1`);
  const { device } = await answer.json();
  return device.serial_number ?? device.asset_tag;
}
