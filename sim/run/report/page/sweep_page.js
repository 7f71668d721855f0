// The page of sweep.json: many machines, their front, and the config of each.

function sweepTiles(sweep) {
  const failed = sweep.points.filter((point) => point.error).length;
  const estimated = sweep.points.filter((point) => point.estimated && !point.error).length;
  const best = sweep.objectives.map((objective) => {
    const values = sweep.points.map((point) => point.objectives?.[objective.name] ?? null)
                       .filter((value) => value !== null);
    const value = values.length === 0 ? null : values.reduce((a, b) => (isBetter(objective, a, b) ? a : b));
    return {
      name: `${objective.goal === 'max' ? 'Largest' : 'Least'} ${quantityTitle(objective)}`,
      text: siText(value, objective.unit)
    };
  });
  return tiles([
    {
      name: 'Points',
      text: grouped(sweep.points.length),
      note: [
        failed ? `${grouped(failed)} failed` : 'none failed',
        estimated ? `${grouped(estimated)} estimates` : ''
      ].filter(Boolean)
                .join(', ')
    },
    {name: 'On the front', text: grouped(sweep.points.filter((point) => point.front).length)}, ...best
  ]);
}

function pointColumns(sweep, quantities, selection) {
  return [
    {
      title: 'select',
      value: (point) => selection.has(point),
      node: (point) => selectBox(point, selection),
      isScreenOnly: true
    },
    {title: 'point', value: (point) => point.number},
    {title: 'front', value: (point) => point.front, text: (point) => (point.front ? '◆' : '')},
    ...(hasEstimates(sweep) ? [{
      title: 'estimated',
      value: (point) => point.estimated,
      text: (point) => (point.estimated ? '≈' : '')
    }] :
                              []),
    ...sweep.axes.map((axis) => ({
                        title: axis.path,
                        value: (point) => comparable(point.parameters[axis.path]),
                        text: (point) => valueText(point.parameters[axis.path])
                      })),
    ...quantities.map(
        (quantity) => ({title: quantityTitle(quantity), unit: quantity.unit, value: quantity.valueOf})),
  ];
}

function comparable(value) { return typeof value === 'number' || value === null ? value : valueText(value); }

function selectBox(point, selection) {
  return element('input', {
    type: 'checkbox',
    checked: selection.has(point),
    'aria-label': `select point ${point.number}`,
    'data-focus': `row ${point.number}`,
    onchange: () => selection.toggle(point)
  });
}

// The points that were selected, in the order of selection.
function selectionOf(onChange) {
  const chosen = new Set();
  return {
    has: (point) => chosen.has(point),
    list: () => [...chosen],
    toggle: (point) => {
      if (!chosen.delete(point)) chosen.add(point);
      onChange();
    },
    clear: () => {
      chosen.clear();
      onChange();
    },
  };
}

function pointTitle(point) {
  const name = pointName(point);
  return name[0].toUpperCase() + name.slice(1);
}

function pointDetails(sweep, point, quantities) {
  const config = configOf(sweep, point);
  return element(
      'article', {'data-point': point.number},
      element(
          'h3', {},
          `${pointTitle(point)}${point.front ? ', on the front' : ''}${
              point.estimated ? ', estimated' : ''}`),
      facts([
        ...Object.entries(point.parameters).map(([path, value]) => [path, valueText(value)]),
        ...quantities.map(
            (quantity) => [quantityTitle(quantity), siText(quantity.valueOf(point), quantity.unit)])
      ]),
      config ? details('Config (YAML)', copyable(yaml(config), `config-${pointName(point)}`)) : null);
}

function failureSection(points) {
  const table = sortableTable('failures-table', 'Points without a result', [
    {title: 'point', value: (point) => point.number},
    {title: 'parameters', value: (point) => parametersText(point).join(', '), isWide: true},
    {title: 'message', value: (point) => point.error, isWide: true},
  ]);
  table.show(points);
  return section('failures', 'Failures', '', table.node);
}

function sweepPage(document) {
  const sweep = variedSweep(document);
  const quantities = quantitiesOf(sweep);
  const good = sweep.points.filter((point) => !point.error);
  let shown = good;
  const selection = selectionOf(() => drawSelection());
  const view =
      {shown: () => shown, reference: sweep.reference, isChosen: selection.has, toggle: selection.toggle};
  const front = frontView(quantities, view);
  const heat = sweep.axes.length >= 2 ? heatMap(sweep.axes, quantities, view) : null;
  const stacked = () =>
      (selection.list().length > 0 ? selection.list() : shown.filter((point) => point.front))
          .slice(0, kMostBars);
  const energy = stackedBars(
      'energy-chart', 'Energy by component', 'energy', 'pJ', () => sweep.energy_components,
      () => stacked().map((point) => ({label: pointName(point), parts: point.energy_pj_by_component ?? {}})));
  const table = sortableTable(
      'points-table', 'A row per point', pointColumns(sweep, quantities, selection),
      {sorted: 1, classOf: (point) => (selection.has(point) ? 'chosen' : null)});
  const chosen = element('div', {id: 'selection', 'aria-live': 'polite'});
  const drawSelection = () => {
    chosen.replaceChildren(
        ...(selection.list().length === 0 ?
                [element(
                    'p', {class: 'note'},
                    'Nothing is selected: click a point, a cell of the heat map or a row\'s box.')] :
                [
                  element('button', {type: 'button', onclick: selection.clear}, 'Clear the selection'),
                  ...selection.list().map((point) => pointDetails(sweep, point, quantities))
                ]));
    table.show(shown);
    if (heat) keepingFocus(heat.draw);
    drawFigures();
  };
  const update = () => {
    shown = good.filter(filters.accepts);
    filters.showCount(shown.length, good.length);
    drawSelection();
  };
  const filters = filterBar(
      (point) => [pointName(point), ...parametersText(point)].join(' '),
      sweep.axes.map((axis) => ({
                       name: axis.path,
                       values: axis.values,
                       label: valueText,
                       valueOf: (point) => point.parameters[axis.path]
                     })),
      [
        {label: 'only the front', holds: (point) => point.front},
        ...(hasEstimates(sweep) ? [{label: 'only simulated', holds: (point) => !point.estimated}] : [])
      ],
      update);
  const failed = sweep.points.filter((point) => point.error);
  const hasEnergy = sweep.energy_components.length > 0 && good.some((point) => point.energy_pj_by_component);
  const sections = [
    section(
        'front', 'Front',
        'Every point is a machine. Hover for its parameters, click to select it; filters apply to all that follows.',
        front.node),
    section('chosen', 'Selected points', '', chosen),
    heat ? section(
               'heat', 'Heat map',
               'Each cell shows one of the points that have both values; a click selects it.', heat.node) :
           null,
    hasEnergy ? section(
                    'energy', 'Energy by component',
                    `Of the selected points, or else of those on the front; the first ${kMostBars} of them.`,
                    energy.node) :
                null,
    section('points', 'Points', '', table.node),
    failed.length > 0 ? failureSection(failed) : null,
    provenanceSection(sweep),
  ].filter(Boolean);
  const axes = [
    sweep.axes.map((axis) => `${axis.path} (${axis.values.length})`).join(' × '),
    ...sweep.fixed.map((axis) => `${axis.path}: ${valueText(axis.values[0])}`)
  ].join('; ');
  return {page: [pageHead(axes), jumps(sections), sweepTiles(sweep), filters.node, ...sections], update};
}
