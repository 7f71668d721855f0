// Horizontal bars, each cut into the parts of a whole.

const kMostBars = 40;

// Sums rows with equal labels; `bars` are the largest, `rest` is what the others come to. Each row: {label,
// parts}.
function barsOf(rows) {
  const byLabel = new Map();
  for (const row of rows) {
    const bar = byLabel.get(row.label) ?? {label: row.label, parts: {}};
    for (const [part, value] of Object.entries(row.parts)) bar.parts[part] = (bar.parts[part] ?? 0) + value;
    byLabel.set(row.label, bar);
  }
  const bars = [...byLabel.values()].map((bar) => ({...bar, total: sum(Object.values(bar.parts))}));
  const drawn = new Set([...bars].sort((a, b) => b.total - a.total).slice(0, kMostBars));
  const rest = bars.filter((bar) => !drawn.has(bar));
  return {
    bars: bars.filter((bar) => drawn.has(bar)),
    rest: {count: rest.length, total: sum(rest.map((bar) => bar.total))}
  };
}

// `partsOf()`: all part names in the order that gives their colours; those without value are not drawn.
function stackedBars(id, label, quantity, unit, partsOf, rowsOf) {
  let bars = [];
  const note = element('p', {class: 'note'});
  const height = () => {
    const {bars: drawn, rest} = barsOf(rowsOf());
    bars = drawn;
    note.textContent = rest.count === 0 ?
        '' :
        `The ${kMostBars} largest are drawn; ${rest.count} others come to ${siText(rest.total, unit)}.`;
    return 110 + 18 * Math.max(bars.length, 2);
  };
  const chart = figure(id, label, height, () => {
    const datasets = partsOf()
                         .map((part, index) => ({
                                label: words(part),
                                data: bars.map((bar) => bar.parts[part] ?? 0),
                                backgroundColor: partColour(index),
                                borderColor: theme().paper,
                                borderWidth: {left: 0, right: 1, top: 0, bottom: 0},
                                borderSkipped: false,
                                barPercentage: 0.95,
                                categoryPercentage: 0.9,
                              }))
                         .filter((dataset) => dataset.data.some((value) => value > 0));
    return {
      type: 'bar',
      data: {labels: bars.map((bar) => bar.label), datasets},
      options: {
        indexAxis: 'y',
        scales: {
          x: {stacked: true, ...axis(quantity, unit, bars.map((bar) => bar.total))},
          y: {
            stacked: true,
            grid: {display: false},
            ticks: {autoSkip: false, callback: (_, i) => shortened(bars[i].label)}
          },
        },
        interaction: {mode: 'nearest', intersect: true},
        plugins: {
          legend: {position: 'top', align: 'start', labels: {boxWidth: 12, padding: 8}},
          tooltip: {
            callbacks: {
              label: (item) => `${item.dataset.label}: ${siText(item.raw, unit)}, ${
                  percent(item.raw / bars[item.dataIndex].total)}`,
              footer: (items) => `total: ${siText(bars[items[0].dataIndex].total, unit)}`,
            }
          },
        },
      },
    };
  });
  return {node: element('div', {}, chart.node, note), draw: chart.draw};
}

function shortened(label) {
  const most = isNarrow() ? 16 : 40;
  return label.length <= most ? label : `${label.slice(0, most - 1)}…`;
}
