// `segue demo` as somebody sees it who has never seen Segue: a night that passes by itself, a plain tool that says complete beside
// Segue, which does not; a question that is answered on the ward's card; two image archives of which the second lacks what is new; the
// morning; and the same folder started again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { firstSignIn } from '../lib/journeys.mjs';
import { activate, tabTo, typeInto } from '../lib/keyboard.mjs';
import { startSegue, until } from '../lib/segue.mjs';
import { glance, shot } from '../lib/shots.mjs';

const TWO_STAGES = 'CS-ED-1';
const LIAR = 'CS-CCU-2';
/** A whole night and the evening after it, on a machine on which much else runs. */
const NIGHT_WITHIN_MS = 300_000;
const NIGHT = { command: 'demo', args: ['--night-minutes', '1'] };

let segue;
let chromium;
before(async () => {
  segue = await startSegue(NIGHT);
  chromium = await startBrowser();
});
after(async () => { await chromium?.close(); await segue?.stop(); });

test('the false green is caught, the unit answers, and the morning comes', async (t) => {
  const person = await chromium.person();
  const page = await person.newPage();
  const go = (path) => page.goto(`${segue.url}${path}`, { waitUntil: 'load' });
  const text = () => page.locator('main').innerText();
  const row = (host) => page.getByRole('row', { name: new RegExp(`^${host}\\b`) }).innerText();
  const becomes = (what, condition) => until(what, condition, NIGHT_WITHIN_MS);
  const speak = async (language) => {
    await activate(page, page.locator('header summary').last(), { leads: false });
    await activate(page, page.getByRole('button', { name: language }));
  };
  let failed = false;
  const step = (name, run) => t.test(name, { skip: failed }, async () => {
    failed = true;
    await run();
    failed = false;
  });

  await step('every page says that it is a demonstration and leads to what there is to see', async () => {
    await firstSignIn(page, segue);
    await activate(page, page.getByRole('link', { name: 'What to look at' }));
    assert.match(page.url(), /\/demo$/);
    await becomes('the page fills by itself', async () => (await text()).includes(TWO_STAGES));
  });

  await step('right after its restart the plain tool says complete, and Segue only that it settles', async () => {
    await becomes('both have spoken', async () => /complete, no restart pending[\s\S]*Settling/.test(await row(TWO_STAGES)));
  });

  await step('before the morning look the false green is caught: complete beside restart pending', async () => {
    await becomes('the second restart is seen', async () => /complete, no restart pending[\s\S]*Restart pending/.test(await row(TWO_STAGES)));
    assert.match(await text(), /2 hosts are complete for the plain tool and not for Segue\./);
    assert.match(await row(LIAR), /complete, no restart pending[\s\S]*Broken/);
  });

  await step('the question is answered on the card, by keyboard', async () => {
    await activate(page, page.getByRole('link', { name: 'Answer on the card' }));
    assert.match(await text(), new RegExp(`${TWO_STAGES} must restart once more`));
    await activate(page, page.getByRole('link', { name: /^Another time, or refuse/ }));
    await typeInto(page, page.getByRole('textbox', { name: 'Why', exact: true }).first(), 'a patient cannot be moved before the round');
    await activate(page, page.getByRole('button', { name: 'Refuse' }).first());
    assert.match(await text(), /a patient cannot be moved before the round/);
  });

  await step('nobody answers in its place: the page is looked at in every way there is', async () => {
    await go('/demo');
    assert.equal(await page.getByRole('link', { name: 'Answer on the card' }).count(), 0, 'it has answered');
    await assertAccessible(page);
    await shot(page, 'demo', { phone: true, full: true });
    await glance(page, 'demo-caught');
    await tabTo(page, page.getByRole('link', { name: `The story of ${TWO_STAGES}` }));
    await speak('Svenska');
    await go('/demo');
    assert.match(await row(TWO_STAGES), /klart, ingen omstart väntar[\s\S]*Väntar på omstart/);
    assert.equal(await page.locator('html').getAttribute('lang'), 'sv');
    await assertAccessible(page);
    await glance(page, 'demo-sv');
    await speak('English');
  });

  await step('the second archive lacks what is new: the start page says no-go, two emergency patients are named first', async () => {
    await go('/');
    assert.match(await text(), /radiology: no-go, pacs-b cannot stand in now/);
    await glance(page, 'demo-overview');
    await activate(page, page.getByRole('link', { name: 'See the gate' }));
    assert.match(await text(), /No-go[\s\S]*objects of \d+ examinations only at A/);
    const rows = await page.locator('#exams tbody tr').allInnerTexts();
    assert.deepEqual(rows.slice(0, 3).map((row) => /emergency/.test(row)), [true, true, false], rows.join('\n'));
    await assertAccessible(page);
    await shot(page, 'demo-archives', { phone: true, full: true });
    await glance(page, 'demo-gate');
  });

  await step('sent again and proven, the gate says go, and the start page how old the proof is', async () => {
    const isGo = async () => /Everything that pacs-a had at the cut is at pacs-b/.test(await text());
    // What came to A since the gate was read is missing as well and is sent with the next press: the evening goes on meanwhile.
    for (let press = 0; press < 5 && !(await isGo()); press += 1) {
      await activate(page, page.getByRole('link', { name: 'Send all and re-verify' }));
      await activate(page, page.getByRole('button', { name: 'Send and re-verify' }));
      await becomes('nothing is sent or compared any more', async () => /Compare now/.test(await text()));
    }
    await becomes('the gate says go', isGo);
    assert.match(await text(), /Both archives are invented/);
    await assertAccessible(page);
    await glance(page, 'demo-gate-go');
    await go('/');
    assert.match(await text(), /radiology: go, pacs-b can stand in now\s+Age of the proof: \d+/);
  });

  await step('in the morning the others are proven; what was caught is not', async () => {
    await go('/demo');
    await becomes('the others are proven', async () => /Proven/.test(await row('CS-ICU-1')));
    assert.match(await row(TWO_STAGES), /Restart pending/);
    assert.match(await row(LIAR), /Broken/);
    for (const path of ['/board', '/ward/ED', '/incidents', `/hosts/${TWO_STAGES}`]) {
      await go(path);
      await assertAccessible(page);
      await glance(page, `demo${path.replaceAll('/', '-')}`);
    }
  });

  await step('somebody moves the outage, the unit accepts, and a night later it is proven', async () => {
    await go('/board');
    await activate(page, page.getByRole('link', { name: /Move/ }).first());
    await glance(page, 'demo-move');
    await activate(page, page.getByRole('button', { name: /Move|Ask/ }).first());
    await go('/demo');
    await becomes('it is proven', async () => /Proven/.test(await row(TWO_STAGES)));
    assert.match(await text(), /1 host is complete for the plain tool and not for Segue\./);
  });

  await step('started again, the page says what it is and the one next step', async () => {
    await page.goto('about:blank');
    await segue.stop({ keep: true });
    const data = segue.data;
    segue = await startSegue({ ...NIGHT, again: data });
    assert.match(segue.said(), /does not go on/);
    assert.match(segue.said(), /segue demo --fresh --data/);
    await go('/demo');
    assert.match(await text(), /does not go on/);
    assert.match(await text(), /segue demo --fresh --data/);
    assert.match(await row(LIAR), /complete, no restart pending[\s\S]*Broken/, 'what the plain tool said is kept');
    await assertAccessible(page);
    await glance(page, 'demo-left');
  });
  person.assertCalm();
  await person.close();
});
