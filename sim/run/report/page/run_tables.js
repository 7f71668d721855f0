// The sums of a run, and what its energy was charged by.

function shareTable(id, caption, first, unit, shares) {
  const all = sum(Object.values(shares));
  const table = sortableTable(
      id, caption,
      [
        {title: first, value: (row) => row.name},
        {title: unit ? 'energy' : 'cycles', unit, value: (row) => row.value},
        {
          title: 'share',
          unit: '%',
          value: (row) => row.share,
          isNumber: true,
          text: (row) => row.share.toFixed(1)
        },
      ],
      {sorted: 1, descending: true});
  table.show(Object.entries(shares)
                 .filter(([, value]) => value > 0)
                 .map(([name, value]) => ({name: words(name), value, share: 100 * value / all})));
  return table.node;
}

function costTable(table) {
  const rows = Object.entries(table.events).map(([name, cost]) => ({name, ...cost}));
  const costs = sortableTable('costs', 'Cost of every event', [
    {title: 'event', value: (row) => row.name},
    {title: 'cost [pJ]', value: (row) => row.pj, isNumber: true, text: (row) => plain(row.pj)},
    {title: 'per', value: (row) => row.per},
    {title: 'basis', value: (row) => words(row.basis)},
    {title: 'source', value: (row) => row.source, isWide: true},
  ]);
  costs.show(rows);
  return details(`Energy costs: ${table.name}`, element('p', {class: 'note'}, table.conditions), costs.node);
}

// Every level includes the ones before it.
function levelTable(totals) {
  const table = sortableTable('levels', 'Energy by accounting level, each with the ones before it', [
    {title: 'level', value: (row) => row.name}, {title: 'energy', unit: 'pJ', value: (row) => row.pj},
    {title: 'per MAC', unit: 'fJ', value: (row) => (totals.macs > 0 ? 1000 * row.pj / totals.macs : null)}
  ]);
  table.show(Object.entries(totals.energy_pj_by_level).map(([name, pj]) => ({name: words(name), pj})));
  return table.node;
}

function totalTables(run) {
  const {totals} = run;
  return element(
      'div', {class: 'pairs'},
      shareTable(
          'bottlenecks', 'Cycles of the operations by what bounds them', 'bound by', '',
          totals.cycles_by_bottleneck),
      shareTable('causes', 'Cycles by cause', 'cause', '', totals.cycles_by_cause),
      shareTable('components', 'Energy by component', 'component', 'pJ', totals.energy_pj_by_component),
      levelTable(totals),
      shareTable('bases', 'Energy by basis of the costs', 'basis', 'pJ', totals.energy_pj_by_basis));
}
