// The item that was chosen: its curves, answers and fit, beside the table.
const explorer = document.querySelector('.explorer');
const panel = document.getElementById('item');
let chosen = -1;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function shownRows() {
  return Array.from(explorer.querySelectorAll('tbody tr[id^="item-"]')).filter((row) => !row.hidden);
}

function numberOf(row) {
  return Number(row.id.slice(5));
}

function step(by) {
  const rows = shownRows();
  const place = rows.findIndex((row) => numberOf(row) === chosen);
  const next = rows[Math.min(rows.length - 1, Math.max(0, place + by))];
  if (next) chooseItem(numberOf(next), false);
}

function chooseItem(number, focus) {
  const item = data.items[number];
  if (!item) return;
  chosen = number;
  for (const row of explorer.querySelectorAll('tbody tr[aria-current]')) row.removeAttribute('aria-current');
  const row = document.getElementById('item-' + number);
  row.setAttribute('aria-current', 'true');
  panel.replaceChildren();
  const steps = element('div', '', 'steps');
  for (const [text, by] of [['Previous', -1], ['Next', 1]]) {
    const button = element('button', text, 'step');
    button.type = 'button';
    button.addEventListener('click', () => {
      step(by);
      panel.querySelectorAll('.steps button')[by < 0 ? 0 : 1].focus();
    });
    steps.append(button);
  }
  const title = element('h3', item.name);
  title.tabIndex = -1;
  panel.append(steps, title);
  if (item.notes.length > 0) {
    const notes = element('ul', '', 'notes');
    notes.append(...item.notes.map((note) => element('li', note)));
    panel.append(notes);
  }
  const facts = element('dl', '', 'facts small');
  for (const [name, value, note] of item.facts) {
    const entry = element('div');
    const description = element('dd', value);
    if (note) description.append(element('small', note));
    entry.append(element('dt', name), description);
    facts.append(entry);
  }
  for (const figure of item.figures) {
    const place = element('figure');
    const caption = element('figcaption');
    caption.append(element('strong', figure.title), ' ', element('span', figure.text));
    const chart = element('div', '', 'chart');
    const details = element('details', '', 'numbers');
    details.append(element('summary', 'Numbers of this picture'), element('div'));
    place.append(caption, chart, details);
    panel.append(place);
    if (figure === item.figures[0]) panel.append(facts); // the curve is what one looks for
    fillNumbers(details, figure);
    draw(chart, figure);
  }
  if (item.figures.length === 0) panel.append(facts);
  if (focus) title.focus({ preventScroll: true });
}

if (explorer) {
  for (const row of explorer.querySelectorAll('tbody tr[id^="item-"]')) {
    const head = row.cells[0];
    const button = element('button', head.textContent);
    button.type = 'button';
    head.replaceChildren(button);
    row.addEventListener('click', () => {
      chooseItem(numberOf(row), false);
      if (panel.getBoundingClientRect().top > window.innerHeight - 120) panel.scrollIntoView({ block: 'start' });
    });
    button.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      const rows = shownRows();
      const next = rows[rows.indexOf(row) + (event.key === 'ArrowDown' ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      next.cells[0].firstElementChild.focus();
    });
  }
  const follow = () => {
    const match = /^#item-(\d+)$/.exec(location.hash);
    if (!match) return;
    chooseItem(Number(match[1]), true);
    const row = document.getElementById('item-' + match[1]);
    row.hidden = false;
    row.scrollIntoView({ block: 'center' });
  };
  window.addEventListener('hashchange', follow);
  for (const link of document.querySelectorAll('a[href^="#item-"]')) link.addEventListener('click', () => setTimeout(follow, 0));
  window.addEventListener('load', follow);
}

