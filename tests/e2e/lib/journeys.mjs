// Steps that several journeys begin with. Everything here is done by keyboard alone.
import { activate, tabTo, typeInto } from './keyboard.mjs';

export const OWN_PASSWORD = 'copper-lantern-over-quiet-water';

/** Signs the first admin in with the one-time password and chooses an own one. */
export async function firstSignIn(page, segue, password = OWN_PASSWORD) {
  await page.goto(`${segue.url}/`, { waitUntil: 'load' });
  await typeInto(page, page.getByLabel('Name', { exact: true }), 'admin');
  await typeInto(page, page.getByLabel('Password', { exact: true }), segue.oneTimePassword);
  await activate(page, page.getByRole('button', { name: 'Sign in' }));
  await typeInto(page, page.getByLabel('Present password'), segue.oneTimePassword);
  await typeInto(page, page.getByLabel('New password', { exact: true }), password);
  await typeInto(page, page.getByLabel('New password again'), password);
  await activate(page, page.getByRole('button', { name: 'Change password' }));
}

/** Signs in with a password that is already one's own. */
export async function signIn(page, segue, name = 'admin', password = OWN_PASSWORD) {
  await page.goto(`${segue.url}/sign-in`, { waitUntil: 'load' });
  await typeInto(page, page.getByLabel('Name', { exact: true }), name);
  await typeInto(page, page.getByLabel('Password', { exact: true }), password);
  await activate(page, page.getByRole('button', { name: 'Sign in' }));
}

/** The links of the main navigation, also those behind a word that is not opened. */
export function navigation(page) {
  return page.getByRole('navigation', { name: 'Main pages' }).getByRole('link', { includeHidden: true });
}

/** Goes to a page of the main navigation; where it is behind a word, that is opened first. */
export async function follow(page, name) {
  const link = navigation(page).filter({ hasText: name }).first();
  const group = page.locator('nav details', { has: page.locator('a', { hasText: name }) }).locator('summary');
  if (await group.count()) {
    await tabTo(page, group);
    await page.keyboard.press('Enter');
  }
  await activate(page, link);
}
