// The page of report.json: one training iteration on one machine.

function runTiles(run) {
  const totals = run.totals;
  const range = totals.energy_pj_range;
  const isRanged = range.low < range.high;
  return tiles([
    {
      name: 'Cycles',
      text: grouped(totals.cycles),
      note: `${siText(totals.seconds, 's')} at ${run.config.clock.frequency_ghz} GHz`
    },
    {
      name: 'Energy',
      text: siText(totals.energy_pj, 'pJ'),
      note: isRanged ? `${siText(range.low, 'pJ')} to ${siText(range.high, 'pJ')}` : null
    },
    {name: 'Energy per MAC', text: siText(totals.energy_fj_per_mac, 'fJ'), note: 'of the whole system'},
    {
      name: 'MACs',
      text: siText(totals.macs, ''),
      note: `${percent(totals.utilisation)} of the multiplier slots`
    },
    {
      name: 'DRAM traffic',
      text: siText(totals.bytes_by_level.dram.read + totals.bytes_by_level.dram.write, 'B'),
      note: `${siText(totals.bytes_by_level.dram.read, 'B')} read`
    },
  ]);
}

// What the layers' bars stand for.
const kBarChoices = [
  {value: 'layer', text: 'layer'},
  {value: 'operator', text: 'operator'},
  {value: 'pass', text: 'pass'},
  {value: 'both', text: 'layer and pass'},
];

function barLabel(row, by) { return by === 'both' ? `${row.layer}, ${words(row.pass)}` : words(row[by]); }

const kLayerColumns = [
  {title: 'layer', value: (row) => row.layer},
  {title: 'pass', value: (row) => words(row.pass)},
  {title: 'operator', value: (row) => row.operator},
  {title: 'cycles', value: (row) => row.cycles},
  {
    title: 'bound by',
    value: (row) => (row.bottleneck ? `${words(row.bottleneck.of)} ${row.bottleneck.by}` : null)
  },
  {title: 'MACs', value: (row) => row.macs},
  {
    title: 'utilisation',
    unit: '%',
    value: (row) => 100 * row.utilisation,
    isNumber: true,
    text: (row) => (100 * row.utilisation).toFixed(1)
  },
  {
    title: 'of roofline',
    unit: '%',
    value: (row) =>
        (row.roofline ? 100 * row.roofline.macs_per_cycle / row.roofline.attainable_macs_per_cycle : null),
    isNumber: true,
    text: (row) =>
        (row.roofline ?
             (100 * row.roofline.macs_per_cycle / row.roofline.attainable_macs_per_cycle).toFixed(1) :
             '–')
  },
  {title: 'energy', unit: 'pJ', value: (row) => row.energy_pj},
  {title: 'energy per MAC', unit: 'fJ', value: (row) => row.energy_fj_per_mac},
  {
    title: 'DRAM traffic',
    unit: 'B',
    value: (row) => row.bytes_by_level.dram.read + row.bytes_by_level.dram.write
  },
];

function layerColumns(run) {
  const causes = Object.keys(run.totals.cycles_by_cause).map((cause) => ({
                                                               title: `cycles: ${words(cause)}`,
                                                               value: (row) => row.cycles_by_cause[cause],
                                                               isScreenOnly: true
                                                             }));
  const error = hasNumeric(run.layers) ?
      [{title: 'SQNR of sums', unit: 'dB', value: (row) => sqnrOf(row, 'sums_against_recorded')}] :
      [];
  return [...kLayerColumns, ...error, ...causes];
}

function runPage(run) {
  let by = 'layer';
  let shown = run.layers;
  const parts = (field) => shown.map((row) => ({label: barLabel(row, by), parts: row[field]}));
  const cycles = stackedBars(
      'cycles-chart', 'Cycles by cause', 'cycles', '', () => Object.keys(run.totals.cycles_by_cause),
      () => parts('cycles_by_cause'));
  const energy = stackedBars(
      'energy-chart', 'Energy by component', 'energy', 'pJ',
      () => Object.keys(run.totals.energy_pj_by_component), () => parts('energy_pj_by_component'));
  const roofline = rooflineFigure(() => shown);
  const table = sortableTable('layers-table', 'A row per operation: layer and pass', layerColumns(run));
  const update = () => {
    shown = run.layers.filter(filters.accepts);
    filters.showCount(shown.length, run.layers.length);
    table.show(shown);
    drawFigures();
  };
  const passes = Object.keys(kPassMarks).filter((pass) => run.layers.some((row) => row.pass === pass));
  const filters = filterBar(
      (row) => `${row.layer} ${row.operator}`,
      [{name: 'Passes', values: passes, label: words, valueOf: (row) => row.pass}], [], update);
  filters.node.append(chooser('Bars by', kBarChoices, by, (chosen) => {
    by = chosen;
    drawFigures();
  }));
  const sections = [
    section(
        'cycles', 'Cycles by cause', `What each cycle went to; every cause but compute is a stall.`,
        cycles.node),
    section('energy', 'Energy by component', `Costs from "${run.energy_table.name}".`, energy.node),
    run.layers.some((row) => row.roofline) ?
        section(
            'roofline', 'Roofline', 'Every product; the larger the mark, the more cycles.', roofline.node) :
        null,
    hasNumeric(run.layers) ? numericSection(() => shown) : null,
    section('layers', 'Layers', '', table.node),
    section('totals', 'Totals', '', totalTables(run)),
    leftOutSection(run.left_out),
    provenanceSection(run, costTable(run.energy_table), configDetails(run.config, 'config')),
  ].filter(Boolean);
  const sample = run.trace.sample ?
      `, a sample of ${grouped(run.trace.sample.rows)} of ${grouped(run.trace.sample.of)} rows` :
      '';
  const page = [
    pageHead(
        `One training iteration${sample}; ${run.config.datapath.kind} datapath. Trace: ${run.trace.source}`),
    jumps(sections), runTiles(run), filters.node, ...sections
  ];
  return {page, update};
}
