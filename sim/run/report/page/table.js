// Tables that are sorted by a click on a heading and show long lists piece by piece.

const kRowsAtOnce = 200;

// `columns`: each {title, unit, value(row), text(row)}. Columns whose values are numbers share one prefix per
// column. `text` overrides how a value is written, long texts (`isWide`) take several lines; `node(row)` puts
// an element into the cell. `isNumber` aligns a column with a text of its own to the right, `isScreenOnly`
// leaves one out on paper. Returns {node, show(rows)}.
function sortableTable(id, caption, columns, options = {}) {
  const state =
      {rows: [], sorted: options.sorted ?? null, descending: options.descending ?? false, limit: kRowsAtOnce};
  const head = element('tr');
  const body = element('tbody');
  const more = element('button', {
    type: 'button',
    onclick: () => {
      state.limit = Infinity;
      keepingFocus(fill);
    }
  });
  const table = element('table', {id}, element('caption', {}, caption), element('thead', {}, head), body);
  const box = element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption}, table);

  const sortBy = (index) => {
    state.descending = state.sorted === index ? !state.descending : false;
    state.sorted = index;
    keepingFocus(fill);
  };

  function fill() {
    const rows = sortedRows(columns, state);
    const scales = columns.map((column) => columnScale(column, rows));
    head.replaceChildren(
        ...columns.map((column, i) => heading(column, scales[i], i, state, sortBy, `${id} ${i}`)));
    body.replaceChildren(...rows.slice(0, state.limit).map((row) => tableRow(columns, scales, row, options)));
    more.hidden = rows.length <= state.limit;
    more.textContent = `Show all ${grouped(rows.length)} rows`;
    if (rows.length === 0)
      body.append(element('tr', {}, element('td', {colspan: columns.length}, 'Nothing passes the filters.')));
  }
  return {
    node: element('div', {}, box, more),
    show: (rows) => {
      state.rows = rows;
      keepingFocus(fill);
    }
  };
}

function isNumber(column, rows) { return rows.some((row) => typeof column.value(row) === 'number'); }

function columnScale(column, rows) {
  if (column.text || column.node || !isNumber(column, rows)) return null;
  const values = rows.map(column.value).filter((value) => typeof value === 'number');
  // Counts stay whole; what has a unit is scaled to it.
  return column.unit ? scaleFor(largestOf(values), column.unit) : {factor: 1, unit: ''};
}

function heading(column, scale, index, state, sortBy, focus) {
  const isSorted = state.sorted === index;
  const title = titled(column.title, scale ? scale.unit : column.unit ?? '');
  return element(
      'th', {
        scope: 'col',
        class: cellClass(column, scale || column.isNumber),
        'aria-sort': isSorted ? (state.descending ? 'descending' : 'ascending') : 'none'
      },
      element(
          'button', {type: 'button', 'data-focus': focus, onclick: () => sortBy(index)}, title,
          element('span', {'aria-hidden': 'true'}, isSorted ? (state.descending ? ' ▼' : ' ▲') : '')));
}

function tableRow(columns, scales, row, options) {
  const cells = columns.map(
      (column, i) => element(
          'td', {class: cellClass(column, scales[i] || column.isNumber)},
          cellContent(column, scales[i], row)));
  return element('tr', {class: options.classOf ? options.classOf(row) : null}, ...cells);
}

function cellClass(column, isNumeric) {
  return [
    isNumeric ? 'number' : '', column.isScreenOnly ? 'screen-only' : '', column.isWide ? 'wide' : ''
  ].join(' ').trim() ||
      null;
}

function cellContent(column, scale, row) {
  if (column.node) return column.node(row);
  if (column.text) return column.text(row);
  const value = column.value(row);
  if (value === null || value === undefined) return '–';
  return scale ? plain(value * scale.factor) : String(value);
}

// Rows without a value come last, whichever way is sorted.
function sortedRows(columns, state) {
  if (state.sorted === null) return state.rows;
  const valueOf = columns[state.sorted].value;
  const sign = state.descending ? -1 : 1;
  return [...state.rows].sort((a, b) => {
    const x = valueOf(a);
    const y = valueOf(b);
    if (x === y) return 0;
    if (x === null || x === undefined) return 1;
    if (y === null || y === undefined) return -1;
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
    return sign * String(x).localeCompare(String(y), 'en', {numeric: true});
  });
}
