// Live pages. The server says what changed (topic, version); here the parts that show it are asked for again.
// Nothing is swapped under the hands of somebody who is filling in a form.

const QUIET_MAX_MS = 40_000;   // two and a half heartbeats
const GATHER_MS = 120;         // changes close together cause one question
const APART_MS = 1_000;        // and questions are so far apart, however fast the changes come
const RETRY_MAX_MS = 30_000;
const AGED_MS = 25_000;        // with a beat every 15 s: every other beat

const sign = document.getElementById('live');
const lost = document.getElementById('live-lost');
const held = document.getElementById('live-held');
const clock = lost.querySelector('.figure');
const seen = new Map();
for (const pair of document.querySelector('meta[name="segue-live"]').content.split(' ')) {
  const [topic, version] = pair.split('=');
  seen.set(topic, Number(version));
}

let source = null, heard = 0, aged = Date.now(), retryMs = 1_000, retryTimer = 0, gatherTimer = 0, asked = 0;
const due = new Set();

function show(state) {
  if (sign.dataset.state === state) return;
  sign.dataset.state = state;
  sign.textContent = sign.dataset[state];
}

function connect() {
  clearTimeout(retryTimer);
  source?.close();
  heard = Date.now();
  if (sign.dataset.state !== 'on') show('wait');
  source = new EventSource('/events');
  source.addEventListener('beat', event => {
    heard = Date.now();
    retryMs = 1_000;
    if (due.size === 0) clock.textContent = JSON.parse(event.data).clock;
    // Ages and clocks grow older though nothing happens: what shows them is asked for again now and then.
    if (heard - aged > AGED_MS) {
      aged = heard;
      for (const part of document.querySelectorAll('[data-live-aging]')) due.add(part.id);
      if (due.size) gather();
    }
    lost.hidden = true;
    show('on');
  });
  source.addEventListener('change', event => {
    heard = Date.now();
    const { topic, version } = JSON.parse(event.data);
    if (version <= (seen.get(topic) ?? 0)) return;
    seen.set(topic, version);
    for (const part of document.querySelectorAll(`[data-live-topic~="${CSS.escape(topic)}"]`)) due.add(part.id);
    gather();
  });
  source.addEventListener('error', broken);
}

async function broken() {
  source?.close();
  source = null;
  if (document.hidden) return;
  lost.hidden = false;
  show('off');
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, retryMs + Math.random() * 500);
  retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
  try {
    const me = await fetch('/api/v1/me', { cache: 'no-store' });
    if (me.status === 401 && !busy(document.body)) location.reload();
  } catch { /* the server is away: the timer tries again */ }
}

// The first change sets the timer, later ones do not move it: a stream of changes must not put the question off for ever.
function gather() {
  if (gatherTimer) return;
  gatherTimer = setTimeout(refresh, Math.max(GATHER_MS, asked + APART_MS - Date.now()));
}

// Somebody is filling this in: the cursor is in a field, or a field differs from what the server sent; or something is held by hand.
function busy(part) {
  if (part.querySelector('.moving')) return true;
  const field = document.activeElement?.closest('input, select, textarea');
  if (field && part.contains(field)) return true;
  return [...part.querySelectorAll('input, select, textarea')].some(input =>
    input.type === 'checkbox' || input.type === 'radio' ? input.checked !== input.defaultChecked
    : input.tagName === 'SELECT' ? [...input.options].some(o => o.selected !== o.defaultSelected) && input.selectedIndex > 0
    : input.type !== 'hidden' && input.value !== input.defaultValue);
}

async function refresh() {
  gatherTimer = 0;
  asked = Date.now();
  const pages = new Map();
  let waiting = false;
  for (const id of [...due]) {
    const part = document.getElementById(id);
    if (!part) { due.delete(id); continue; }
    if (busy(part)) { waiting = true; continue; }
    const address = part.dataset.liveSrc || location.href;
    if (!pages.has(address)) pages.set(address, []);
    pages.get(address).push(id);
  }
  held.hidden = !waiting;
  for (const [address, ids] of pages) {
    for (const id of ids) due.delete(id);
    try {
      const answer = await fetch(address, { cache: 'no-store', headers: { accept: 'text/html' } });
      if (answer.redirected && new URL(answer.url).pathname === '/sign-in') { location.reload(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const id of ids) swap(id, page.getElementById(id));
    } catch {
      for (const id of ids) due.add(id);
      retrySoon();
    }
  }
}

function retrySoon() {
  clearTimeout(gatherTimer);
  gatherTimer = setTimeout(refresh, 5_000);
}

const reachable = root => [...root.querySelectorAll('a[href], button, input, select, textarea, [tabindex]')];

// Where the focus is inside `part`, in words that survive a swap: the row's name and the place in it.
function place(part) {
  const active = document.activeElement;
  if (!active || !part.contains(active)) return null;
  const row = active.closest('[data-row]');
  const root = row ?? part;
  return { row: row?.getAttribute('aria-label'), id: active.id, at: active === row ? -1 : reachable(root).indexOf(active) };
}

function focusAt(part, spot) {
  if (!spot) return;
  const byId = spot.id && document.getElementById(spot.id);
  const row = spot.row && [...part.querySelectorAll('[data-row]')].find(r => r.getAttribute('aria-label') === spot.row);
  const target = byId || (row ? (spot.at < 0 ? row : reachable(row)[spot.at] ?? row) : !spot.row && reachable(part)[spot.at]);
  target?.focus({ preventScroll: true });
}

function swap(id, fresh) {
  const old = document.getElementById(id);
  if (!old || !fresh) return;
  if (busy(old)) { due.add(id); held.hidden = false; return; }
  const spot = place(old);
  const scrolls = [...old.querySelectorAll('.table-scroll')].map(e => [e.scrollTop, e.scrollLeft]);
  const open = [...old.querySelectorAll('details[open][id]')].map(e => e.id);
  const part = document.adoptNode(fresh);
  old.replaceWith(part);
  [...part.querySelectorAll('.table-scroll')].forEach((e, n) => { if (scrolls[n]) [e.scrollTop, e.scrollLeft] = scrolls[n]; });
  for (const name of open) document.getElementById(name)?.setAttribute('open', '');
  focusAt(part, spot);
  part.dispatchEvent(new CustomEvent('segue:swapped', { bubbles: true }));
}

document.addEventListener('focusout', () => { if (due.size) gather(); });
document.addEventListener('visibilitychange', () => {
  // A hidden page needs no connection (browsers allow six per server); on return the versions tell what was missed.
  if (document.hidden) { source?.close(); source = null; clearTimeout(retryTimer); }
  else if (!source) connect();
});
setInterval(() => { if (source && Date.now() - heard > QUIET_MAX_MS) broken(); }, 5_000);
addEventListener('pagehide', () => source?.close());
connect();
