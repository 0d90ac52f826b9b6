// A patch night in the browser, from the plan to the report: each unit answers, staff is confirmed, two approve, it is started, seen
// on the board and on the wards' cards until the morning, with a restart that surfaces after the work. By keyboard alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { follow, navigation, signIn } from '../lib/journeys.mjs';
import { activate, tabTo, typeInto } from '../lib/keyboard.mjs';
import { startNight } from '../lib/night.mjs';
import { until } from '../lib/segue.mjs';
import { glance, keep, paper, shot } from '../lib/shots.mjs';

/** A session ends after an hour without use; whoever comes back later signs in again. */
const SIGNED_OUT = /sign-in/;

let night;
let chromium;
before(async () => {
  night = await startNight();
  chromium = await startBrowser();
});
after(async () => { await chromium?.close(); await night?.stop(); });

/** Somebody at a window of their own. */
async function somebody(name) {
  const person = await chromium.person();
  const page = await person.newPage();
  await signIn(page, night, name, night.password);
  const open = async (path) => {
    const address = `${night.url}${path}`;
    for (let tries = 1; ; tries += 1) {
      try {
        await page.goto(address, { waitUntil: 'load' });
        return;
      } catch (error) {
        // A page that is open when its session ends reloads itself and is then led to the door, and may do so at this very moment.
        if (tries === 3 || !/ERR_ABORTED|interrupted by another navigation/.test(error.message)) throw error;
        await page.waitForLoadState('load');
      }
    }
  };
  const go = async (path) => {
    await open(path);
    if (SIGNED_OUT.test(page.url())) {
      await signIn(page, night, name, night.password);
      await open(path);
    }
  };
  return {
    page,
    go,
    /** Opens a page, has it judged in every look, and keeps its picture. */
    look: async (path, picture, looks = {}) => {
      await go(path);
      await assertAccessible(page);
      if (picture) await shot(page, picture, looks);
      else await glance(page, path.slice(1).replace(/[^\w-]+/g, '-'));
    },
    /** From the next page on in this language. */
    speak: (language) => page.context().addCookies([{ name: 'segue-language', value: language, url: night.url }]),
    text: () => page.locator('main').innerText(),
    press: (name, options) => activate(page, page.getByRole('button', { name }).first(), options),
    follow: (name) => activate(page, page.getByRole('link', { name }).first()),
    write: (name, text) => typeInto(page, page.getByRole('textbox', { name, exact: typeof name === 'string' }), text),
    leave: async () => { person.assertCalm(); await person.close(); },
  };
}

async function says(someone, wanted) {
  assert.match(await someone.text(), wanted);
}

/** Erik drafts the plan from its text; the address of its page. */
async function draft(erik, change = (plan) => plan) {
  await erik.look('/plans/new');
  await erik.write('A plan as text', JSON.stringify(change(JSON.parse(await night.says('plan')))));
  await activate(erik.page, erik.page.locator('form', { has: erik.page.getByRole('textbox', { name: 'A plan as text' }) }).getByRole('button'));
  assert.match(new URL(erik.page.url()).pathname, /^\/plans\/[0-9a-f]{12}$/);
  return new URL(erik.page.url()).pathname;
}

test('a night from the plan to the report', async (t) => {
  const erik = await somebody('erik');
  const maja = await somebody('maja');
  let href;
  let failed = false;
  // What follows on a step that failed would only fail for its sake.
  const step = (name, run) => t.test(name, { skip: failed }, async () => {
    failed = true;
    await run();
    failed = false;
  });

  await step('an empty hospital says the next step', async () => {
    for (const path of ['/plans', '/calendar', '/board', '/forecast', '/cadence', '/ward', '/hosts', '/incidents']) await erik.look(path);
    await erik.go('/plans');
    await erik.follow(/Draft a plan/);
    assert.match(erik.page.url(), /\/plans\/new$/);
  });

  await step('what a plan means is seen before it is saved: one host first, the rest in waves, what the checker says', async () => {
    const form = {
      title: 'Vakta 1.0-2', packages: 'vakta=1.0-2', hosts: 'CMS-5 CMS-6', policy: 'draft', restart: 'host', install: '5 10', restart_minutes: '5 10',
      back_out: '5 10', from: '2026-11-22 22:00', latest: '2026-11-23 01:00', to: '2026-11-23 04:00', soak: '30', at_once: '2',
      contingency: 'Back to 1.0-1; call M. Berg 5512',
    };
    const address = `/plans/new?${new URLSearchParams(form)}`;
    await erik.go(address);
    await says(erik, /2 of 2 chosen hosts have reported/);
    await erik.press('See what it means');
    await says(erik, /What it means[\s\S]*The last host answers again[\s\S]*First host[\s\S]*The rest/);
    await says(erik, /plan names no staff/);
    await assertAccessible(erik.page);
    await shot(erik.page, 'plan-new', { full: true });
    await erik.speak('sv');
    await erik.go(address);
    await assertAccessible(erik.page);
    await glance(erik.page, 'plan-new-sv');
    await says(erik, /Vad det innebär[\s\S]*Första värden/);
    await erik.speak('en');
    await erik.go('/plans');
    await says(erik, /There is none yet/);
  });

  await step('a unit proposes another time, another refuses, and the plan is not agreed', async () => {
    href = await draft(erik);
    await maja.go('/');
    await says(maja, /plan/);
    await maja.look(`/ward/WARD-5${href}`);
    await maja.write('Not before', '2026-11-22 23:30');
    await maja.write('Why, and anything else', 'two admissions at ten');
    await maja.press('Propose this time');
    await maja.go(`/ward/WARD-6${href}`);
    await maja.write('Why', 'no extra staff on a Sunday');
    await maja.press('Refuse');
    await erik.look(href);
    await says(erik, /maja proposes Sun 22 Nov 23:30: two admissions at ten|maja proposes 23:30: two admissions at ten/);
    await says(erik, /no extra staff on a Sunday/);
    assert.equal(await erik.page.getByRole('link', { name: /Start the night/ }).count(), 0);
  });

  await step('a window is moved by its date field: what changes stands beside the plan as it is, and is saved as a revision', async () => {
    await erik.go(href);
    await erik.follow(/^Change…/);
    // A date and time field: written as a whole, for a space typed into it opens the browser's own calendar.
    await erik.page.getByLabel('Begins').first().fill('2026-11-22T23:00');
    await erik.press('See what changes');
    await says(erik, /What changes[\s\S]*P50 1 h 00 min later, P90 1 h 00 min later/);
    await assertAccessible(erik.page);
    await shot(erik.page, 'plan-change', { full: true });
    await glance(erik.page, 'plan-change');
    await erik.press('Save as a new revision');
    assert.notEqual(new URL(erik.page.url()).pathname, href);
    href = new URL(erik.page.url()).pathname;
    await says(erik, /has not answered/);
  });

  await step('the calendar warns of a database change two days later on the same wards, and forgets it when it is withdrawn', async () => {
    const autumn = href;
    const days = (plan, count) => plan.windows.map((window) => Object.fromEntries(Object.entries(window).map(([key, value]) =>
      [key, typeof value === 'number' ? value + count * 86_400_000_000 : value])));
    const other = await draft(erik, (plan) => ({
      ...plan, id: 'database-autumn', title: 'Database of the wards', windows: days(plan, 2),
      patches: plan.patches.map((patch) => (patch.packages ? { ...patch, packages: [{ package: 'postgresql-15', version: '15.9' }] } : patch)),
    }));
    await follow(erik.page, 'Calendar');
    await says(erik, /Central monitoring, ward 5: 2 changes, \d+ hours apart[\s\S]*Changed: database, other software/);
    await erik.look('/calendar', 'calendar', { phone: true, full: true });
    await erik.speak('sv');
    await erik.look('/calendar');
    await says(erik, /Ändringar som staplas/);
    await erik.speak('en');
    await erik.go(`${other}/withdraw`);
    await erik.write(/^Why/, 'the wards are full');
    await erik.press('Withdraw the plan');
    await erik.look('/calendar?when=all');
    await says(erik, /No two changes meet on one service[\s\S]*Withdrawn/);
    href = autumn;
  });

  await step('a ward\'s plans are read by a calendar program at a secret address until it is revoked', async () => {
    await erik.look('/calendar/feeds');
    await tabTo(erik.page, erik.page.getByLabel('Of whom'));
    await erik.page.getByLabel('Of whom').selectOption('unit:WARD-5');
    await erik.press('Make an address');
    await assertAccessible(erik.page);
    const address = await erik.page.getByLabel('The address of the feed').inputValue();
    const told = await fetch(address);
    assert.equal(told.headers.get('content-type'), 'text/calendar; charset=utf-8');
    assert.match((await told.text()).replaceAll('\r\n ', ''), /SUMMARY:Dark: 6 beds/);
    await keep('ward-5.ics', Buffer.from(await (await fetch(address)).arrayBuffer()));
    await erik.look('/calendar/feeds', 'feeds');
    await erik.follow(/^Revoke…/);
    await assertAccessible(erik.page);
    await erik.press('Revoke the address');
    assert.equal((await fetch(address)).status, 404);
  });

  await step('a new revision asks everybody anew; units accept, staff is confirmed, two approve', async () => {
    const before = href;
    href = await draft(erik, (plan) => ({ ...plan, title: 'Monitoring, autumn (Sunday, staffed)' }));
    assert.notEqual(href, before);
    await erik.go(before);
    await says(erik, /newer revision/i);
    await erik.go(href);
    await says(erik, /Ward 5, telemetry has not answered/);
    for (const [ward, people] of [['WARD-5', 'A. Lind\nB. Ek'], ['WARD-6', 'C. Alm']]) {
      await maja.look(`/ward/${ward}`);
      await maja.go(`/ward/${ward}${href}`);
      await maja.write('Who is there, one a line', people);
      await maja.press('Confirm staff');
      await says(maja, new RegExp(people.split('\n').join(', ')));
      await maja.press('Accept');
      assert.match(maja.page.url(), new RegExp(`/ward/${ward}$`));
    }
    for (const name of ['anna', 'karin']) {
      const one = await somebody(name);
      await one.go(href);
      await one.follow(/Approve/);
      await assertAccessible(one.page);
      await one.press('Approve the plan');
      await one.leave();
    }
    await erik.look(href, 'plan', { full: true });
    await says(erik, /Everybody concerned has agreed/);
  });

  await step('it is started; nothing is begun before its window', async () => {
    await erik.follow(/Start the night/);
    await assertAccessible(erik.page);
    await erik.press('Start the night');
    assert.match(erik.page.url(), /\/board$/);
    await night.says('drive');
    await erik.go('/board');
    await says(erik, /0 of 3 proven, 3 not begun/);
    await says(erik, /window opens 22:00/);
  });

  await step('while a station restarts, board and card say which beds are dark, and tell it by themselves when that changes', async () => {
    await night.says('evening');
    await erik.go('/board');
    await night.says('play CMS-5 until restart_host');
    await until('the board shows the dark beds by itself', async () => /6 beds/.test(await erik.text()));
    await erik.look('/board', 'board', { phone: true, full: true });
    await glance(erik.page, 'board-dark');
    await says(erik, /at the latest/);
    await maja.look('/ward/WARD-5', 'ward-dark', { phone: true, full: true });
    await paper(maja.page, 'ward-paper');
    await says(maja, /DARK NOW/);
    await maja.look('/ward');
    await maja.go('/ward/WARD-5');
    await night.says('finish');
    await until('the card says by itself that nothing is dark', async () => /Nothing is dark now/.test(await maja.text()));
  });

  await step('it settles, and nothing is called proven', async () => {
    await night.says('play CMS-5');
    await erik.go('/board');
    await says(erik, /0 of 3 proven, 1 settling until Mon 23 Nov 06:30, 2 not begun/);
    await maja.go('/ward/WARD-5');
    await says(maja, /Settling until Mon 23 Nov 06:30/);
  });

  await step('the second ring opens after the first has soaked; a device is worked on by hand and signed for after its test', async () => {
    await night.says('watch until 65');
    await night.says('play CMS-6');
    const work = `${href}/work/MON-1`;
    await erik.look(work, 'work', { full: true });
    const record = async (fill) => {
      await erik.go(work);
      await fill();
      await erik.write('Your name', 'V. Sand');
      await erik.press('Record this step');
    };
    await record(() => erik.write('As read or scanned', 'SE-1'));
    await record(() => erik.write(/Measured or seen/, 'alarm limits 50 to 120'));
    await record(async () => {});
    await record(async () => {
      await erik.write('What was tested and seen', 'alarm after 2 s, heard at the desk');
      await tabTo(erik.page, erik.page.getByLabel('The device passed'));
      await erik.page.keyboard.press('Space');
    });
    await erik.go(work);
    await erik.write('Your name', 'V. Sand');
    await erik.write(/Version that the device shows/, '4.0');
    await erik.press('Sign the work');
    await says(erik, /Signed by V\. Sand/);
    await says(erik, /Proven until[\s\S]*90 days after somebody last checked it/);
    await assertAccessible(erik.page);
    await glance(erik.page, 'work-signed');
    await erik.go('/board');
    await says(erik, /1 of 3 proven, 2 settling until/);
  });

  await step('at night a restart surfaces: red on the board, asked of the ward, an incident', async () => {
    await night.says('watch until 250');
    await night.says('second-stage');
    await erik.look('/board', 'board-surfaced', { full: true });
    await says(erik, /1 restart pending/);
    await says(erik, /waits for Ward 5, telemetry/);
    await erik.look('/hosts');
    await erik.look('/hosts/CMS-5', 'host', { full: true });
    await erik.look('/incidents');
    await activate(erik.page, erik.page.getByRole('row', { name: /surfaced/ }).or(erik.page.locator('tbody tr', { hasText: /surfaced/ })).first().getByRole('link').first());
    await assertAccessible(erik.page);
    await maja.look('/ward/WARD-5');
    await says(maja, /CMS-5 must restart once more/);
    await maja.press(/^Accept/);
    await erik.go('/board');
    await says(erik, /agreed/);
  });

  await step('the agreed restart is done; in the morning all is proven, and the report says so with its evidence', async () => {
    await night.says('watch until 275');
    await night.says('play CMS-5');
    await night.says('watch until 300');
    await erik.go('/board');
    await says(erik, /1 of 3 proven, 2 settling until/);
    await night.says('watch until 520');
    await erik.look('/board');
    await says(erik, /None is running[\s\S]*Ended[\s\S]*Concluded[\s\S]*3 of 3 proven/);
    await maja.look('/ward/WARD-5');
    await says(maja, /CMS-5 is proven/);
    await erik.look(`${href}/report`, 'report', { full: true });
    await says(erik, /3 of 3 proven/);
    await says(erik, /A restart surfaced after the work had ended/);
    const pdf = await erik.page.request.get(`${night.url}${href}/report.pdf`);
    assert.equal(pdf.headers()['content-type'], 'application/pdf');
    await keep('report.pdf', await pdf.body());
  });

  await step('the navigation leads to how the forecast came out: one night alone is not called a success', async () => {
    await erik.go('/');
    await follow(erik.page, 'Forecasts');
    assert.equal(new URL(erik.page.url()).pathname, '/forecast');
    assert.equal(await navigation(erik.page).filter({ hasText: 'Forecasts' }).getAttribute('aria-current'), 'page');
    await erik.look('/forecast', 'forecast', { phone: true, full: true });
    await says(erik, /Nordpuls Vakta[\s\S]*Restart[\s\S]*one night only/);
    await erik.look('/cadence', 'cadence', { full: true });
    await erik.speak('sv');
    await erik.look('/forecast');
    await says(erik, /Hur prognoserna slog in[\s\S]*Omstart[\s\S]*bara en natt/);
    await erik.speak('en');
  });
  await erik.leave();
  await maja.leave();
});
