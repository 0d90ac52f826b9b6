// A plan's picture by hand: a window's bar is dragged to another time, a host to another window. Letting go writes into the same
// fields that can be typed in, and asks the same question as their button; nothing is saved by it. Escape lets go without a change.
// Fingers scroll the page: by touch and by keyboard the fields are the way.

const STEP_MINUTES = 5;
const MINUTE_MS = 60_000;

let held = null;

const saying = picture => picture.closest('figure').querySelector('.move-says');
const formOf = picture => document.getElementById(picture.dataset.moveForm);

// `2026-11-22T22:00` so many minutes later, by the clock on the wall.
function later(text, minutes) {
  const at = Date.parse(`${text}:00Z`);
  return Number.isNaN(at) ? null : new Date(at + minutes * MINUTE_MS).toISOString().slice(0, 16);
}

function start(event) {
  if (event.button !== 0 || event.pointerType === 'touch' || !(event.target instanceof Element)) return;
  const grip = event.target.closest('[data-move-field], [data-move-host]');
  const picture = grip?.closest('[data-move-form]');
  if (!picture || !formOf(picture)) return;
  event.preventDefault();
  held = { grip, picture, x: event.clientX, y: event.clientY, minutes: 0, window: null };
  picture.setPointerCapture(event.pointerId);
  picture.classList.add('moving');
  grip.classList.add('held');
  follow(event);
}

function follow(event) {
  if (!held) return;
  const { grip, picture } = held;
  const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
  let text = '';
  if (grip.dataset.moveField) {
    const minutes = dx / picture.getBoundingClientRect().width * Number(picture.dataset.moveMinutes);
    held.minutes = Math.round(minutes / STEP_MINUTES) * STEP_MINUTES;
    text = later(field(held).value, held.minutes)?.replace('T', ' ') ?? '';
    grip.style.transform = `translateX(${dx}px)`;
  } else {
    for (const old of picture.querySelectorAll('.over')) old.classList.remove('over');
    const under = document.elementsFromPoint(event.clientX, event.clientY).filter(e => picture.contains(e));
    const target = under.map(e => e.closest('[data-move-window]')).find(e => e && e.dataset.moveWindow !== grip.dataset.moveOwn);
    target?.classList.add('over');
    held.window = target?.dataset.moveWindow ?? null;
    text = held.window ? `${grip.dataset.moveHost} → ${held.window}` : grip.dataset.moveHost;
    grip.style.transform = `translate(${dx}px, ${dy}px)`;
  }
  saying(picture).textContent = text;
}

const field = ({ grip, picture }) => formOf(picture).elements.namedItem(grip.dataset.moveField ?? picture.dataset.moveHosts);

function letGo(event, moved) {
  if (!held) return;
  const was = held;
  held = null;
  was.picture.classList.remove('moving');
  was.grip.classList.remove('held');
  was.grip.style.transform = '';
  saying(was.picture).textContent = '';
  for (const old of was.picture.querySelectorAll('.over')) old.classList.remove('over');
  if (event?.pointerId !== undefined && was.picture.hasPointerCapture(event.pointerId)) was.picture.releasePointerCapture(event.pointerId);
  if (!moved) return;
  const into = field(was);
  if (was.grip.dataset.moveField) {
    const to = was.minutes && later(into.value, was.minutes);
    if (!to) return;
    into.value = to;
  } else {
    if (!was.window) return;
    // The last word on a host is the one that counts.
    const host = was.grip.dataset.moveHost;
    const others = into.value.split('\n').filter(line => line.trim() && line.trim().replace(/\s+\S+$/, '') !== host);
    into.value = [...others, `${host} ${was.window}`].join('\n');
  }
  into.form.requestSubmit();
}

document.addEventListener('pointerdown', start);
document.addEventListener('pointermove', follow);
document.addEventListener('pointerup', event => letGo(event, true));
document.addEventListener('pointercancel', event => letGo(event, false));
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || !held) return;
  event.preventDefault();
  letGo(null, false);
});
