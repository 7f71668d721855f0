// The least or largest value of a quantity over two axes: a table, so that it is read, copied and printed as
// one.

// `view`: {shown(), isChosen(point), toggle(point)}. Returns {node, draw()}.
function heatMap(axes, quantities, view) {
  // Axes that can be overseen come first.
  const [down, across] = [...axes].sort((a, b) => isLong(a) - isLong(b));
  const state =
      {rows: down.path, columns: across.path, quantity: quantities[0].name, goal: quantities[0].goal};
  const box = element('div', {class: 'scroll'});
  const draw = () => box.replaceChildren(heatTable(axes, quantities, view, state));
  const set = (key) => (value) => {
    state[key] = value;
    draw();
  };
  const paths = axes.map((axis) => ({value: axis.path, text: axis.path}));
  const goal = chooser(
      'Of the points there', [{value: 'min', text: 'the least'}, {value: 'max', text: 'the largest'}],
      state.goal, set('goal'));
  const choose = (name) => {  // an objective's best is known; of a metric, the viewer says which end is meant
    state.goal = quantityNamed(quantities, name).goal ?? state.goal;
    goal.querySelector('select').value = state.goal;
    set('quantity')(name);
  };
  const controls = element(
      'div', {class: 'controls'}, chooser('Down', paths, state.rows, set('rows')),
      chooser('Across', paths, state.columns, set('columns')), goal,
      chooser(
          'Quantity', quantities.map((quantity) => ({value: quantity.name, text: quantityTitle(quantity)})),
          state.quantity, choose));
  return {node: element('div', {}, controls, box), draw};
}

// Of the points shown that stand on the same two values, the best.
function bestByCell(points, rows, columns, quantity) {
  const best = new Map();
  for (const point of points) {
    const value = quantity.valueOf(point);
    if (value === null) continue;
    const key = cellKey(point.parameters[rows], point.parameters[columns]);
    const known = best.get(key);
    if (!known || isBetter(quantity, value, quantity.valueOf(known))) best.set(key, point);
  }
  return best;
}

function isLong(axis) { return axis.values.length > 40; }

function cellKey(row, column) { return JSON.stringify([row, column]); }

function heatTable(axes, quantities, view, state) {
  const [rows, columns] = [state.rows, state.columns].map((path) => axes.find((axis) => axis.path === path));
  const quantity = {...quantityNamed(quantities, state.quantity), goal: state.goal};
  const best = bestByCell(view.shown(), rows.path, columns.path, quantity);
  const values = [...best.values()].map(quantity.valueOf);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const scale = scaleFor(largestOf(values), quantity.unit);
  const cell = (row, column) => {
    const point = best.get(cellKey(row, column));
    if (!point) return element('td', {class: 'empty'}, '–');
    const share = most > least ? (quantity.valueOf(point) - least) / (most - least) : 0;
    const colour = heatColour(share);
    const button = element(
        'button', {
          type: 'button',
          'data-focus': `cell ${point.number}`,
          title: pointText(point, [quantity]).join('\n'),
          'aria-pressed': String(view.isChosen(point)),
          onclick: () => view.toggle(point)
        },
        plain(quantity.valueOf(point) * scale.factor));
    return element('td', {style: `background: ${colour.background}; color: ${colour.text}`}, button);
  };
  const word = quantity.goal === 'max' ? 'Largest' : 'Least';
  return element(
      'table', {class: 'heat', id: 'heat-map'},
      element(
          'caption', {},
          `${word} ${titled(quantityTitle(quantity), scale.unit)} over ${rows.path} (down) and ${
              columns.path} (across)`),
      element(
          'thead', {},
          element(
              'tr', {}, element('th', {}),
              ...columns.values.map(
                  (value) => element('th', {scope: 'col', class: 'number'}, valueText(value))))),
      element(
          'tbody', {},
          ...rows.values.map(
              (row) => element(
                  'tr', {}, element('th', {scope: 'row'}, valueText(row)),
                  ...columns.values.map((column) => cell(row, column))))));
}
