// A workstation that probes an archive itself: its secret is made and shown once, what it tells stands beside the other place, its baseline is set,
// and alone it closes the gate when it is slow.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { firstSignIn } from '../lib/journeys.mjs';
import { activate, typeInto } from '../lib/keyboard.mjs';
import { startSegue } from '../lib/segue.mjs';
import { glance } from '../lib/shots.mjs';

const GATE = '/archive/radiology';
const PLACES = ['emergency', 'Reading room 2'];

let folder;
let segue;
let chromium;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segue-e2e-places-'));
  // Nobody asks these archives here: the places do.
  const end = (name) => `[archives.${name}]\nway = "orthanc"\nroot = "http://127.0.0.1:9"\n`;
  await writeFile(join(folder, 'segue.toml'), `hospital = "Nordby"\nagents = false\n${end('pacs-a')}${end('pacs-b')}`
    + '[pairs.radiology]\na = "pacs-a"\nb = "pacs-b"\n');
  segue = await startSegue({ args: ['--config', join(folder, 'segue.toml')] });
  chromium = await startBrowser();
});
after(async () => {
  await chromium?.close();
  await segue?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const main = (page) => page.locator('main').innerText();

/** What a workstation tells, as `segue probe archive --tell` does. */
function tell(secret, place, p95) {
  const first_image = { p50_milliseconds: 80, p95_milliseconds: p95, probes: 24, failed: 0, at: Date.now() * 1000 };
  return fetch(`${segue.url}/api/v1/archives/radiology/probes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ archive: 'pacs-b', place, first_image }),
  });
}

test('a second place is let tell, is shown with its own baseline, and alone closes the gate when it is slow', async () => {
  const page = await (await chromium.person()).newPage();
  await firstSignIn(page, segue);
  const secrets = {};
  for (const place of PLACES) {
    await page.goto(`${segue.url}${GATE}`, { waitUntil: 'load' });
    await activate(page, page.getByRole('link', { name: 'Let a place tell its own probes…' }));
    await assertAccessible(page);
    await typeInto(page, page.getByLabel('Name of the place'), place);
    await activate(page, page.getByRole('button', { name: 'Make a secret' }));
    await assertAccessible(page);
    secrets[place] = await page.getByLabel(/it is shown only now/).inputValue();
    await activate(page, page.getByRole('link', { name: 'Back to the gate' }));
    assert.match(await main(page), new RegExp(`${place}[\\s\\S]*nothing was told yet`));
    await assertAccessible(page);
    assert.equal((await tell(secrets[place], place, 900)).status, 200);
    await page.goto(`${segue.url}${GATE}`, { waitUntil: 'load' });
    assert.match(await main(page), new RegExp(`no baseline of the time to first image at ${place}`));
    await activate(page, page.getByRole('row', { name: new RegExp(`^B ${place}`) }).getByRole('link'));
    await typeInto(page, page.getByLabel('Milliseconds for 19 of 20 images'), '1000');
    await activate(page, page.getByRole('button', { name: 'Allow' }));
  }
  assert.doesNotMatch(await main(page), /no baseline|its baseline allows/);
  assert.equal((await tell(secrets['Reading room 2'], 'emergency', 1)).status, 422, 'it tells of itself alone');
  assert.equal((await tell(secrets['Reading room 2'], 'Reading room 2', 1_001)).status, 200);
  await page.goto(`${segue.url}${GATE}`, { waitUntil: 'load' });
  const slow = await main(page);
  assert.match(slow, /No-go[\s\S]*B needs 1001 ms for the first image at Reading room 2/);
  assert.doesNotMatch(slow, /first image at emergency/);
  await assertAccessible(page);
  await glance(page, 'archive-places');
});
