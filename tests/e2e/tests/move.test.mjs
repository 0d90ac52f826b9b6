// Moving a plan's windows and hosts: by a field, by hand with a mouse, and without any script. What changes is seen beside the plan as it
// is; only saving makes a new revision of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { signIn } from '../lib/journeys.mjs';
import { activate, tabTo, typeInto } from '../lib/keyboard.mjs';
import { startNight } from '../lib/night.mjs';
import { shot } from '../lib/shots.mjs';

let night;
let chromium;
before(async () => {
  night = await startNight();
  chromium = await startBrowser();
});
after(async () => { await chromium?.close(); await night?.stop(); });

/** The night's plan with a second window two days later, for its second ring; as text. */
async function twoNights() {
  const plan = JSON.parse(await night.says('plan'));
  const later = (micros) => micros + 2 * 86_400_000_000;
  const { id: _, ...times } = plan.windows[0];
  plan.windows.push({ id: 'second', ...Object.fromEntries(Object.entries(times).map(([name, time]) => [name, later(time)])) });
  plan.rings[1].window = 'second';
  return JSON.stringify(plan);
}

/** The plan's page, newly drafted. */
async function draft(page) {
  await page.goto(`${night.url}/plans/new`, { waitUntil: 'load' });
  await typeInto(page, page.getByRole('textbox', { name: 'A plan as text' }), await twoNights());
  await activate(page, page.locator('form', { has: page.getByRole('textbox', { name: 'A plan as text' }) }).getByRole('button'));
  return new URL(page.url()).pathname;
}

const main = (page) => page.locator('main').innerText();
const asked = (page) => new URL(page.url()).searchParams;
const isTheQuestion = (page, href) => assert.equal(new URL(page.url()).pathname, `${href}/change`);

/** Drags from the middle of one thing by so much, in small steps as a hand does; `before` is done while it is held. */
async function drag(page, locator, [dx, dy], { before = async () => {}, leads = true } = {}) {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx, y + dy, { steps: 8 });
  await before();
  const arrived = leads ? page.waitForEvent('load') : null;
  await page.mouse.up();
  await arrived;
}

test('a window is moved by its field, by keyboard: seen beside the plan as it is, and saved only as a revision', async () => {
  const erik = await chromium.person();
  const page = await erik.newPage();
  await signIn(page, night, 'erik', night.password);
  const href = await draft(page);
  await assertAccessible(page);
  await tabTo(page, page.getByText('Move windows or hosts'));
  await page.keyboard.press('Enter');
  await assertAccessible(page);
  await shot(page, 'plan-move');
  const field = page.locator('#move').getByLabel('Window second begins');
  assert.equal(await field.inputValue(), '2026-11-24T22:00');
  await field.fill('2026-11-25T23:30');
  await activate(page, page.locator('#move').getByRole('button', { name: 'See what changes' }));
  isTheQuestion(page, href);
  await assertAccessible(page);
  const says = await main(page);
  assert.match(says, /What changes[\s\S]*As edited[\s\S]*As it is/);
  assert.equal(await page.locator('figure.timeline').count(), 2, 'as edited, and as it is');
  assert.equal(await page.getByLabel('Begins').nth(1).inputValue(), '2026-11-25T23:30');
  await page.goto(`${night.url}${href}`, { waitUntil: 'load' });
  assert.doesNotMatch(await main(page), /newer revision/i, 'looking saves nothing');
  await page.goBack({ waitUntil: 'load' });
  await activate(page, page.getByRole('button', { name: 'Save as a new revision' }));
  const next = new URL(page.url()).pathname;
  assert.notEqual(next, href);
  assert.equal(await page.locator('#move').getByLabel('Window second begins').inputValue(), '2026-11-25T23:30');
  assert.equal(await page.locator('#move').getByLabel('Window night begins').inputValue(), '2026-11-22T22:00', 'the other stays');
  erik.assertCalm();
  await erik.close();
});

test('a window and then a host are dragged: the same question as with the fields, and Escape lets go', async () => {
  const erik = await chromium.person();
  const page = await erik.newPage();
  await signIn(page, night, 'erik', night.password);
  const href = await draft(page);
  const bar = page.locator('[data-move-field="begins-2"] rect');
  // Let go with Escape: nothing is asked.
  await drag(page, bar, [120, 0], {
    leads: false,
    before: async () => {
      assert.match(await page.locator('.move-says').innerText(), /^2026-11-2\d \d\d:\d[05]$/, 'where it would begin is said');
      await page.keyboard.press('Escape');
    },
  });
  assert.equal(new URL(page.url()).pathname, href);
  const before = await page.locator('#move').getByLabel('Window second begins').inputValue();
  assert.equal(before, '2026-11-24T22:00', 'and the field is as it was');
  // To the left: earlier.
  await drag(page, bar, [-120, 0]);
  isTheQuestion(page, href);
  const moved = asked(page).get('begins-2');
  assert.ok(moved < before && moved > '2026-11-23', `${moved} is some hours before ${before}`);
  assert.equal(moved.slice(-1) % 5, 0, 'on whole five minutes');
  assert.equal(asked(page).get('begins-1'), '2026-11-22T22:00');
  assert.equal(await page.getByLabel('Begins').nth(1).inputValue(), moved);
  await assertAccessible(page);
  // On from there: ward 5's station goes into the second window, on the picture of the plan as edited.
  const row = page.locator('[data-move-host="CMS-5"]');
  const target = page.locator('[data-move-window="second"]');
  await row.scrollIntoViewIfNeeded();
  const [from, onto] = [await row.boundingBox(), await target.boundingBox()];
  await drag(page, row, [onto.x + onto.width / 2 - from.x - from.width / 2, 3], {
    before: async () => {
      assert.equal(await page.locator('.move-says').innerText(), 'CMS-5 → second');
      await shot(page, 'plan-drag', { looks: false });
    },
  });
  isTheQuestion(page, href);
  assert.equal(asked(page).get('hosts-to').trim(), 'CMS-5 second');
  assert.equal(asked(page).get('begins-2'), moved, 'what was moved before is kept');
  await activate(page, page.getByRole('button', { name: 'Save as a new revision' }));
  const file = await page.request.get(`${page.url()}/record?format=json`);
  const { plan } = await file.json();
  assert.deepEqual(plan.rings.map((ring) => ring.window), ['second'], 'the ring that nobody is left in is gone');
  assert.deepEqual(plan.items.map((item) => [item.host, item.ring]), [['CMS-5', 1], ['CMS-6', 1], ['MON-1', 1]]);
  erik.assertCalm();
  await erik.close();
});

test('without any script the fields do the same', async () => {
  const erik = await chromium.person({ javaScriptEnabled: false });
  const page = await erik.newPage();
  await signIn(page, night, 'erik', night.password);
  const href = await draft(page);
  await page.getByText('Move windows or hosts').click();
  await page.locator('#move').getByLabel('Hosts to another window').fill('CMS-6 night');
  await page.locator('#move').getByRole('button', { name: 'See what changes' }).click();
  isTheQuestion(page, href);
  assert.match(await main(page), /CMS-6/);
  await page.getByLabel('Hosts to another window').fill('CMS-6 monday');
  await page.getByRole('button', { name: 'See what changes' }).click();
  assert.match(await main(page), /“CMS-6 monday” does not end with a window of this plan: one of night, second/);
  await erik.close();
});
