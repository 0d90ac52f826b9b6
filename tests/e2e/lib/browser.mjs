// One real Chromium for a test file, and pages that are watched: whatever goes wrong in them fails the test.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.SEGUE_CHROMIUM ?? '/usr/bin/chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** Above this, something hangs. */
const ACTION_WITHIN_MS = 15_000;

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Starts Chromium; `close()` ends it and removes its profile. */
export async function startBrowser() {
  // A home of its own, so that nothing of the user's settings gets in and nothing stays behind.
  const home = await mkdtemp(join(tmpdir(), 'segue-chromium-'));
  const browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args: ARGS, env: { ...process.env, HOME: home } });
  return {
    browser,
    /** A window with its own cookies: one person at one desk. */
    person: (options = {}) => newPerson(browser, options),
    close: async () => { await browser.close(); await rm(home, { recursive: true, force: true }); },
  };
}

async function newPerson(browser, options) {
  const context = await browser.newContext({
    viewport: DESK, locale: 'en-GB', timezoneId: 'Europe/Stockholm', colorScheme: 'light', reducedMotion: 'reduce', ...options,
  });
  context.setDefaultTimeout(ACTION_WITHIN_MS);
  const trouble = [];
  // Evaluated by the browser's debugger, so that the page's own policy cannot forbid it.
  await context.addInitScript(() => addEventListener('securitypolicyviolation', (violation) =>
    console.error(`CSP: ${violation.effectiveDirective} forbids ${violation.blockedURI} ${violation.sample}`)));
  const watched = (page) => watch(page, trouble);
  context.on('page', watched);
  return {
    context,
    newPage: () => context.newPage(),
    trouble,
    /** Fails when anything went wrong in any page so far. Expected things are named by `except`, a list of patterns. */
    assertCalm(except = []) {
      const left = trouble.filter((line) => !except.some((pattern) => pattern.test(line)));
      assert.equal(left.length, 0, `console errors, CSP violations and failed requests:\n${left.join('\n')}`);
    },
    close: () => context.close(),
  };
}

function watch(page, trouble) {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) trouble.push(`${message.type()}: ${message.text()} (${page.url()})`);
  });
  page.on('pageerror', (error) => trouble.push(`uncaught: ${error.message} (${page.url()})`));
  page.on('crash', () => trouble.push(`crashed: ${page.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) trouble.push(`status ${response.status()}: ${response.request().method()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? 'failed';
    // Leaving a page ends its live stream and whatever it was still fetching.
    if (why !== 'net::ERR_ABORTED') trouble.push(`${why}: ${request.method()} ${request.url()}`);
  });
}
