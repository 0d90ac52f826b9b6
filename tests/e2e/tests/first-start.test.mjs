// The first hour of an administrator who uses the keyboard only: start, sign in, look at every page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/axe.mjs';
import { startBrowser } from '../lib/browser.mjs';
import { firstSignIn, follow, navigation } from '../lib/journeys.mjs';
import { activate } from '../lib/keyboard.mjs';
import { startSegue } from '../lib/segue.mjs';
import { shot } from '../lib/shots.mjs';

let segue;
let chromium;
before(async () => {
  segue = await startSegue();
  chromium = await startBrowser();
});
after(async () => { await chromium?.close(); await segue?.stop(); });

test('a stranger sees the sign-in page and nothing else', async () => {
  const person = await chromium.person();
  const page = await person.newPage();
  await page.goto(`${segue.url}/matrix`, { waitUntil: 'load' });
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await assertAccessible(page);
  await shot(page, 'sign-in');
  person.assertCalm();
  await person.close();
});

test('the first admin signs in by keyboard and every page of the navigation is accessible and calm', async () => {
  const person = await chromium.person();
  const page = await person.newPage();
  await firstSignIn(page, segue);
  const names = await navigation(page).allTextContents();
  assert.ok(names.length >= 5, `the navigation has only: ${names.join(', ')}`);
  for (const name of names) {
    await follow(page, name);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${page.url()} has one main heading`);
    await assertAccessible(page);
    await shot(page, `empty-${new URL(page.url()).pathname.slice(1).replaceAll('/', '-') || 'overview'}`);
    person.assertCalm();
  }
  await person.close();
});

test('the one-time password opens nothing a second time', async () => {
  const person = await chromium.person();
  const page = await person.newPage();
  await page.goto(`${segue.url}/sign-in`, { waitUntil: 'load' });
  await page.getByLabel('Name', { exact: true }).fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(segue.oneTimePassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Name or password is wrong').waitFor();
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  person.assertCalm([/status 4\d\d: POST .*\/sign-in/, /the server responded with a status of 4\d\d/]);
  await person.close();
});
