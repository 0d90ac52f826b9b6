// The drawer: shows why, beside the page. Without scripts the same link opens the same text as a page of its own.

const drawer = document.getElementById('drawer');
const body = document.getElementById('drawer-body');
let opener = null, asked = 0;

function say(text) {
  const line = document.createElement('p');
  line.textContent = text;
  body.replaceChildren(line);
}

async function open(link) {
  const mine = ++asked;
  opener = { row: link.closest('[data-row]')?.getAttribute('aria-label'), element: document.activeElement };
  say(drawer.dataset.loading);
  drawer.hidden = false;
  drawer.focus({ preventScroll: true });
  try {
    const answer = await fetch(link.href, { headers: { accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const why = page.getElementById('why');
    if (mine !== asked) return;
    if (!answer.ok || !why) { say(drawer.dataset.failed); return; }
    body.replaceChildren(document.adoptNode(why));
  } catch {
    if (mine === asked) say(drawer.dataset.failed);
  }
}

function close() {
  asked++;
  drawer.hidden = true;
  body.replaceChildren();
  // The row may have been swapped by a live change meanwhile: find it again by its name.
  const row = opener?.row && [...document.querySelectorAll('[data-row]')].find(r => r.getAttribute('aria-label') === opener.row);
  const target = opener?.element?.isConnected ? opener.element : row;
  target?.focus({ preventScroll: true });
}

document.addEventListener('click', event => {
  const link = event.target.closest('a[data-why]');
  if (link && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    open(link);
  }
  if (event.target.closest('.drawer-close')) close();
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !drawer.hidden) { event.preventDefault(); close(); }
});
