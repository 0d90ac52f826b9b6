// The harness itself, on small pages with planted faults: a check that finds nothing must be able to find something.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { assertAccessible, overflow, violations } from '../lib/axe.mjs';
import { PHONE, startBrowser } from '../lib/browser.mjs';
import { activate, tabTo, typeInto } from '../lib/keyboard.mjs';
import { until } from '../lib/segue.mjs';

const page = (body, head = '') => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
  <meta name="viewport" content="width=device-width">${head}</head><body><main><h1>A page</h1>${body}</main></body></html>`;
const PAGES = {
  '/good': page('<p>All is well.</p><form action="/next"><label>Name <input name="n"></label> <button>Go on</button></form>'),
  '/next': page('<p>Arrived.</p>'),
  '/inline-script': page('<p>x</p><script>window.ran = true</script>'),
  '/broken-script': page('<p>x</p>', '<script src="/throws.js"></script>'),
  '/missing-style': page('<p>x</p>', '<link rel="stylesheet" href="/nowhere.css">'),
  '/no-label': page('<input name="n">'),
  '/wide': page('<p class="w">x</p>', '<link rel="stylesheet" href="/wide.css">'),
  '/dark': page('<p class="d">Pale on dark.</p>', '<link rel="stylesheet" href="/dark.css">'),
  '/unreachable': page('<button tabindex="-1">Never</button><button>Always</button>'),
  '/unseen': page('<button>Unseen</button>', '<link rel="stylesheet" href="/unseen.css">'),
};
const FILES = {
  '/throws.js': ['text/javascript', 'throw new Error("planted")'],
  '/wide.css': ['text/css', '.w { width: 900px }'],
  '/dark.css': ['text/css', '@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } .d { color: #333 } }'],
  '/unseen.css': ['text/css', '*:focus { outline: none }'],
};

let server;
let url;
let chromium;
before(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    response.setHeader('Content-Security-Policy', "default-src 'self'");
    const [type, text] = FILES[path] ?? ['text/html', PAGES[path]];
    response.statusCode = text === undefined ? (path === '/favicon.ico' ? 204 : 404) : 200;
    response.setHeader('Content-Type', type);
    response.end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${server.address().port}`;
  chromium = await startBrowser();
});
after(async () => { await chromium?.close(); server?.close(); });

async function visit(path, options) {
  const person = await chromium.person(options);
  const opened = await person.newPage();
  await opened.goto(url + path, { waitUntil: 'load' });
  return { person, opened };
}

test('a good page is calm, accessible and can be used by keyboard', async () => {
  const { person, opened } = await visit('/good');
  await assertAccessible(opened);
  await typeInto(opened, opened.getByLabel('Name'), 'Lind');
  await activate(opened, opened.getByRole('button', { name: 'Go on' }));
  assert.equal(new URL(opened.url()).search, '?n=Lind');
  person.assertCalm();
  await person.close();
});

for (const [path, expected] of [
  ['/inline-script', /CSP: script-src-elem forbids inline/],
  ['/broken-script', /uncaught: planted/],
  ['/missing-style', /status 404: GET .*\/nowhere\.css/],
]) {
  test(`trouble in ${path} is seen`, async () => {
    const { person } = await visit(path);
    await until('trouble', () => person.trouble.some((line) => expected.test(line)));
    assert.throws(() => person.assertCalm());
    person.assertCalm([/.*/]);
    await person.close();
  });
}

test('a field without a label is seen', async () => {
  const { person, opened } = await visit('/no-label');
  assert.match((await violations(opened)).join('\n'), /^label \(critical\)/m);
  await assert.rejects(assertAccessible(opened), /label/);
  await person.close();
});

test('a page wider than a phone is seen', async () => {
  const { person, opened } = await visit('/wide', { viewport: PHONE });
  assert.ok(await overflow(opened) > 0);
  await assert.rejects(assertAccessible(opened), /wider than its window/);
  await person.close();
});

test('a contrast that fails in the dark only is seen', async () => {
  const { person, opened } = await visit('/dark');
  assert.deepEqual(await violations(opened), []);
  await assert.rejects(assertAccessible(opened), /dark: color-contrast/);
  await person.close();
});

test('what the keyboard does not reach, and a focus that cannot be seen, are seen', async () => {
  const first = await visit('/unreachable');
  await tabTo(first.opened, first.opened.getByRole('button', { name: 'Always' }));
  await assert.rejects(tabTo(first.opened, first.opened.getByRole('button', { name: 'Never' })), /is not reached/);
  const second = await visit('/unseen');
  await assert.rejects(tabTo(second.opened, second.opened.getByRole('button')), /cannot be seen/);
  await Promise.all([first.person.close(), second.person.close()]);
});
