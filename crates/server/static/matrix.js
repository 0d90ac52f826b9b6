// The matrix by keyboard: one stop for Tab, arrows between cells, Enter opens, ? asks why. Without this every cell is a
// link of its own and all works the same.

let last = null;   // (row's name, place) of the cell that was in focus, to find it again after a live change

const cells = table => [...table.querySelectorAll('tbody tr')].map(row => [...row.children]);
const linkOf = cell => cell?.querySelector('a[data-cell]');

function rove(table, chosen) {
  for (const link of table.querySelectorAll('a[data-cell]')) link.tabIndex = link === chosen ? 0 : -1;
}

function start() {
  const table = document.querySelector('[data-matrix]');
  if (!table) return;
  const row = last && [...table.querySelectorAll('tr[data-row]')].find(r => r.getAttribute('aria-label') === last.row);
  const chosen = linkOf(row?.children[last.at]) ?? table.querySelector('a[data-cell]');
  rove(table, chosen);
}

// The next cell that holds something, in a straight line.
function next(table, link, down, right) {
  const grid = cells(table);
  const cell = link.closest('td');
  let y = grid.findIndex(row => row.includes(cell)), x = grid[y]?.indexOf(cell) ?? -1;
  for (;;) {
    y += down; x += right;
    if (!grid[y]?.[x]) return null;
    const found = linkOf(grid[y][x]);
    if (found) return found;
  }
}

function end(link, first) {
  const found = [...link.closest('tr').querySelectorAll('a[data-cell]')];
  return first ? found[0] : found[found.length - 1];
}

function ask(link) {
  const row = document.createElement('a');
  row.href = link.dataset.ask;
  row.dataset.why = '';
  row.hidden = true;
  link.closest('td').append(row);
  row.click();
  row.remove();
  return true;
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey && event.key !== '?') return;
  const link = event.target instanceof Element && event.target.closest('a[data-cell]');
  if (!link) return;
  const table = link.closest('[data-matrix]');
  const step = STEPS[event.key];
  const target = step ? next(table, link, ...step) : event.key === 'Home' ? end(link, true) : event.key === 'End' ? end(link, false) : null;
  if (target) { target.focus(); target.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }
  const asked = event.key === '?' && link.dataset.ask && ask(link);
  if (step || target || asked) { event.preventDefault(); event.stopPropagation(); }
}, true);

document.addEventListener('focusin', event => {
  const link = event.target.closest?.('a[data-cell]');
  if (!link) return;
  const row = link.closest('tr');
  last = { row: row.getAttribute('aria-label'), at: [...row.children].indexOf(link.closest('td')) };
  rove(link.closest('[data-matrix]'), link);
});
document.addEventListener('segue:swapped', start);
start();
