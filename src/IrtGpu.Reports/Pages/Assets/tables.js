// Tables that sort by their headlines, and long ones that search and filter. Rows stay what the page was written with.
function cellKey(row, column) {
  const cell = row.cells[column];
  const value = cell.getAttribute('data-value');
  return value === null ? cell.textContent : Number(value);
}

function compareKeys(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === '') return b === '' ? 0 : 1; // what is empty comes last
  if (b === '') return -1;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

function sortTable(table, column, direction) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows).map((row, place) => ({ row, place, key: cellKey(row, column) }));
  rows.sort((a, b) => {
    if ((a.key === '') !== (b.key === '')) return a.key === '' ? 1 : -1;
    return direction * compareKeys(a.key, b.key) || a.place - b.place;
  });
  body.append(...rows.map((entry) => entry.row));
  Array.from(table.tHead.rows[0].cells).forEach((head, index) => {
    head.setAttribute('aria-sort', index !== column ? 'none' : direction > 0 ? 'ascending' : 'descending');
  });
}

function makeSortable(table) {
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    if (head.title) button.title = head.title;
    head.removeAttribute('title');
    head.replaceChildren(button);
    head.setAttribute('aria-sort', 'none');
    button.addEventListener('click', () => {
      const now = head.getAttribute('aria-sort');
      const first = head.classList.contains('number') ? -1 : 1; // of numbers the largest first
      sortTable(table, column, now === 'none' ? first : now === 'ascending' ? -1 : 1);
    });
  });
}

function makeSearchable(block) {
  const table = block.querySelector('table');
  const search = block.querySelector('input[type=search]');
  const filter = block.querySelector('select');
  const count = block.querySelector('.count');
  if (!search) return;
  const rows = Array.from(table.tBodies[0].rows);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = filter ? filter.value : '';
    let shown = 0;
    for (const row of rows) {
      const has = words.every((word) => texts.get(row).includes(word))
        && (wanted === '' || (row.getAttribute('data-words') || '').split('|').includes(wanted));
      row.hidden = !has;
      if (has) shown++;
    }
    count.textContent = shown === rows.length ? rows.length + ' rows' : shown + ' of ' + rows.length + ' rows';
  };
  search.addEventListener('input', update);
  if (filter) filter.addEventListener('change', update);
  update();
}

for (const block of document.querySelectorAll('.tableblock')) {
  makeSortable(block.querySelector('table'));
  makeSearchable(block);
}

