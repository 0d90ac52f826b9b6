// Menus close when one goes elsewhere: by Escape, by a press beside them, by moving on. Without this they close at their own word.

const opened = () => document.querySelectorAll('header.top details[open]');

function closeBut(target) {
  for (const menu of opened()) if (!menu.contains(target)) menu.open = false;
}

document.addEventListener('pointerdown', event => closeBut(event.target));
document.addEventListener('focusin', event => closeBut(event.target));
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  for (const menu of opened()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector('summary').focus();
  }
});
