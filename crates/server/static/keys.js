// Keys for tables: j k (and arrows inside a table) move between rows, ? asks why, / goes to the filter, Enter opens.
// A reader can switch them off (WCAG 2.1.4): then this file is not loaded.

const rows = () => [...document.querySelectorAll('tr[data-row]')];
const typing = element => element.closest('input, select, textarea, [contenteditable]');

function move(step, from) {
  const all = rows();
  const next = all[from ? all.indexOf(from) + step : step > 0 ? 0 : all.length - 1];
  if (!next) return false;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
}

// No row here has a why: then nobody is told of the key.
for (const line of document.querySelectorAll('[data-keys-why]')) line.hidden = !document.querySelector('tr[data-row] [data-why]');

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target instanceof Element ? event.target : document.body;
  const row = target.closest('tr[data-row]');
  if (typing(target)) {
    if (event.key === 'Escape') target.blur();
    return;
  }
  const did = {
    j: () => move(1, row),
    k: () => move(-1, row),
    ArrowDown: () => row && move(1, row),
    ArrowUp: () => row && move(-1, row),
    Enter: () => { const link = target === row && row?.querySelector('a[href]'); link && link.click(); return link; },
    '?': () => { const why = row?.querySelector('[data-why]'); why?.click(); return why; },
    '/': () => { const filter = document.querySelector('[data-filter]'); filter?.focus(); filter?.select(); return filter; },
  }[event.key]?.();
  if (did) event.preventDefault();
});
