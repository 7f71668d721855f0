// The page of comparison.json: one trace on one machine with several datapaths.

const kViewTitles = {
  equal_lanes: 'Equal lanes',
  equal_area: 'Equal area of the lanes'
};
const kComparedFigures = [
  {key: 'cycles', title: 'cycles', unit: ''},
  {key: 'seconds', title: 'time', unit: 's'},
  {key: 'datapath_energy_pj', title: 'datapath energy', unit: 'pJ'},
  {key: 'processing_element_energy_pj', title: 'PE energy', unit: 'pJ'},
  {key: 'system_energy_pj', title: 'system energy', unit: 'pJ'},
  {key: 'dram_bytes', title: 'DRAM traffic', unit: 'B'},
];

const kMachineColumns = [
  {title: 'datapath', value: (machine) => words(machine.datapath)},
  {title: 'operand bits', value: (machine) => machine.operand_bits},
  {title: 'PEs', value: (machine) => machine.pes},
  {title: 'lanes per PE', value: (machine) => machine.lanes},
];

function ratioColumns(machines) {
  const area = machines[0].lanes_um2;
  return [
    ...kMachineColumns,
    ...kComparedFigures.filter(({key}) => key in machines[0].ratio)
        .map(({key, title}) => ({
               title,
               value: (machine) => machine.ratio[key],
               text: (machine) => ratioText(machine.ratio[key]),
               isNumber: true
             })),
    ...(area ? [{
      title: 'lane area',
      value: (machine) => machine.lanes_um2 / area,
      text: (machine) => ratioText(machine.lanes_um2 / area),
      isNumber: true
    }] :
               [])
  ];
}

function ratioText(ratio) { return ratio === null ? '–' : ratio.toFixed(3); }

function figureColumns() {
  return [
    kMachineColumns[0],
    ...kComparedFigures.map(({key, title, unit}) => ({title, unit, value: (machine) => machine[key]})), {
      title: 'utilisation',
      unit: '%',
      value: (machine) => machine.utilisation,
      text: (machine) => (100 * machine.utilisation).toFixed(1),
      isNumber: true
    }
  ];
}

function ratioChart(name, machines, reference) {
  const figures = kComparedFigures.filter(({key}) => key in machines[0].ratio);
  return figure(
      `ratios-${name}`, `Ratios to ${words(reference)}`, () => 300,
      () => ({
        type: 'bar',
        data: {
          labels: figures.map(({title}) => title),
          datasets: machines.map((machine, i) => ({
                                   label: words(machine.datapath),
                                   data: figures.map(({key}) => machine.ratio[key]),
                                   backgroundColor: partColour(i),
                                   borderColor: theme().paper,
                                   borderWidth: 1
                                 })),
        },
        options: {
          scales: {
            x: {grid: {display: false}},
            y: {beginAtZero: true, title: {display: true, text: `ratio to ${words(reference)}`}}
          },
          plugins: {
            legend: {position: 'top', align: 'start', labels: {boxWidth: 12}},
            tooltip: {
              callbacks: {
                label: (item) => `${item.dataset.label}: ${ratioText(item.raw)} (${
                    siText(
                        machines[item.datasetIndex][figures[item.dataIndex].key],
                        figures[item.dataIndex].unit)})`
              }
            }
          },
        },
      }));
}

function comparisonView(name, machines, report) {
  const ratios =
      sortableTable(`ratio-table-${name}`, `Ratios to ${words(report.reference)}`, ratioColumns(machines));
  const figures = sortableTable(`figure-table-${name}`, 'The same in figures', figureColumns());
  ratios.show(machines);
  figures.show(machines);
  const components = () => Object.keys(machines[0].energy_pj_by_component);
  const energy = stackedBars(
      `energy-${name}`, 'Energy by component', 'energy', 'pJ', components,
      () => machines.map(
          (machine) => ({label: words(machine.datapath), parts: machine.energy_pj_by_component})));
  return section(
      name.replaceAll('_', '-'), kViewTitles[name], '', ratioChart(name, machines, report.reference).node,
      ratios.node, element('h3', {}, 'Energy by component'), energy.node, figures.node,
      ...machines.map(
          (machine) => details(
              `Effective config: ${words(machine.datapath)}`,
              copyable(yaml(machine.config), `config-${name}-${machine.datapath}`))));
}

function comparisonPage(report) {
  const views = Object.entries(report.views).filter(([, machines]) => machines !== null);
  const costs = element(
      'p', {class: 'note'}, `Costs from "${report.energy_table.name}": ${report.energy_table.conditions}`);
  const absent = report.views.equal_area ?
      null :
      element(
          'p', {class: 'note'},
          `A comparison at equal area is left out: ${report.equal_area_left_out_because}.`);
  const sections = [
    ...views.map(([name, machines]) => comparisonView(name, machines, report)),
    provenanceSection(report, costs)
  ];
  return {
    page: [
      pageHead(`One training iteration. ${report.held_means}`), jumps(sections), absent, ...sections
    ].filter(Boolean),
    update: drawFigures
  };
}
