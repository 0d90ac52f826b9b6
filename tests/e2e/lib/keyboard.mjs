// Doing things as somebody does who has no mouse: Tab until it has the focus, then Enter.
import assert from 'node:assert/strict';

const TABS_MAX = 200;

/** What has the focus, in words. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element ? `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? ''}` : 'nothing';
  });
}

/** Can one see where the focus is? An outline or a ring that the browser or the page draws (WCAG 2.2, 2.4.7). */
function focusIsVisible(page) {
  return page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  });
}

/** Presses Tab until `locator` has the focus, from where the focus is now. */
export async function tabTo(page, locator) {
  const passed = [];
  for (let tabs = 0; tabs <= TABS_MAX; tabs += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) {
      assert.ok(await focusIsVisible(page), `the focus cannot be seen on ${await focused(page)}`);
      return;
    }
    await page.keyboard.press('Tab');
    passed.push(await focused(page));
  }
  assert.fail(`${locator} is not reached by ${TABS_MAX} tabs; passed: ${[...new Set(passed)].join(' | ')}`);
}

/** Writes `text` into a field reached by Tab. */
export async function typeInto(page, locator, text) {
  await tabTo(page, locator);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/** Activates a link or button reached by Tab, and waits for the page it leads to when `leads` is true. */
export async function activate(page, locator, { leads = true } = {}) {
  await tabTo(page, locator);
  const arrived = leads ? page.waitForEvent('load') : null;
  await page.keyboard.press('Enter');
  await arrived;
}
