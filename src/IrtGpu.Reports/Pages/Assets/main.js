// Pictures are drawn when they come near the window, so that the page is there at once; all of them before it is printed.
const figures = new Map(data.figures.map((figure) => [figure.id, figure]));
const waiting = new Set(document.querySelectorAll('.chart[data-figure]'));

function drawWaiting(element) {
  if (waiting.delete(element)) draw(element, figures.get(element.getAttribute('data-figure')));
}

for (const element of waiting) {
  const figure = figures.get(element.getAttribute('data-figure'));
  element.style.height = figure.height + 'px';
  fillNumbers(element.parentElement.querySelector('details'), figure);
}
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    watcher.unobserve(entry.target);
    drawWaiting(entry.target);
  }
}, { rootMargin: '600px' });
for (const element of waiting) watcher.observe(element);

let pending = 0;
window.addEventListener('resize', () => {
  cancelAnimationFrame(pending);
  pending = requestAnimationFrame(() => redraw());
});
themeListeners.push(() => redraw());

// Paper is white: pictures are drawn in light colours for it, and at its width.
const paperWidth = 640; // pixels within the margins of A4, and of letter paper
let themeBefore = null;
window.addEventListener('beforeprint', () => {
  themeBefore = root.getAttribute('data-theme');
  root.setAttribute('data-theme', 'light');
  for (const element of Array.from(waiting)) drawWaiting(element);
  redraw(paperWidth);
});
window.addEventListener('afterprint', () => {
  if (themeBefore === null) root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', themeBefore);
  redraw();
});

if (explorer && data.items.length > 0 && chosen < 0 && window.matchMedia('(min-width: 68rem)').matches && !location.hash) {
  const first = document.querySelector('#verdict a[href^="#item-"]');
  chooseItem(first ? Number(first.getAttribute('href').slice(6)) : 0, false);
}
root.setAttribute('data-ready', 'true');
