// How far results are from the recorded ones, of runs with recorded operands.

const kErrorKinds = {
  sums_against_recorded: 'sums against the recorded results',
  outputs_against_recorded: 'outputs (after post-processing) against the recorded results',
  rounded_operands_against_recorded: 'exact results of the rounded operands against the recorded ones',
  sums_against_exact: 'sums against exact results of the same operands: the datapath alone',
  outputs_against_sums: 'outputs against sums: the post-processing alone',
  weights_against_recorded: 'updated weights against the recorded ones',
};

function sqnrOf(row, kind) { return row.numeric?.[kind]?.sqnr_db ?? null; }

function hasNumeric(rows) {
  return rows.some((row) => Object.keys(kErrorKinds).some((kind) => sqnrOf(row, kind) !== null));
}

// A mark per layer and pass, with a choice of what is compared. `onChoice` draws anew.
function numericSection(rowsOf) {
  let kind = Object.keys(kErrorKinds)[0];
  const rows = () => rowsOf().filter((row) => sqnrOf(row, kind) !== null);
  const chart =
      figure('numeric-chart', 'SQNR of every layer and pass', () => 340, () => numericConfig(rows(), kind));
  const choice = chooser(
      'Compared', Object.entries(kErrorKinds).map(([value, text]) => ({value, text})), kind, (chosen) => {
        kind = chosen;
        chart.draw();
      });
  return section(
      'numeric', 'Numeric error',
      'Ratio of signal to quantisation noise of each layer\'s results, in the order of the trace; higher is closer.',
      element('div', {class: 'controls'}, choice), chart.node);
}

function numericConfig(rows, kind) {
  const layers = [...new Set(rows.map((row) => row.layer))];
  const datasets = Object.entries(kPassMarks)
                       .map(([pass, mark]) => {
                         const own = rows.filter((row) => row.pass === pass);
                         return {
                           label: words(pass),
                           rows: own,
                           pointStyle: mark.shape,
                           backgroundColor: partColour(mark.part),
                           borderColor: theme().paper,
                           pointRadius: 5.5,
                           pointHoverRadius: 7.5,
                           data: own.map((row) => ({x: layers.indexOf(row.layer), y: sqnrOf(row, kind)})),
                         };
                       })
                       .filter((dataset) => dataset.data.length > 0);
  return {
    type: 'scatter',
    data: {datasets},
    options: {
      scales: {
        x: {
          type: 'linear',
          min: -0.5,
          max: layers.length - 0.5,
          afterBuildTicks: (scale) => {
            scale.ticks = layers.map((_, value) => ({value}));
          },
          ticks: {callback: (value) => shortened(layers[value] ?? ''), autoSkip: true, maxRotation: 60},
          title: {display: true, text: 'layer'}
        },
        y: axis('SQNR', 'dB', []),
      },
      plugins: {
        legend: {position: 'top', align: 'start', labels: {usePointStyle: true, padding: 12}},
        tooltip: {
          callbacks: {
            label: (item) => {
              const row = item.dataset.rows[item.dataIndex];
              const figures = row.numeric[kind];
              return [
                `${row.layer}, ${words(row.pass)}: ${figures.sqnr_db.toFixed(1)} dB`,
                `${grouped(figures.differing)} of ${grouped(figures.values)} values differ, the furthest by ${
                    plain(figures.max_error)}`
              ];
            }
          }
        },
      },
    },
  };
}
