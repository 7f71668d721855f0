// Products under the machine's roofline, both axes logarithmic.

function rooflinePoints(rows) { return rows.filter((row) => row.roofline); }

// The roof between the outermost points: it rises with the DRAM bandwidth up to the peak of the multipliers.
function roofOf(points) {
  const {peak_macs_per_cycle: peak, macs_per_dram_byte: intensity, attainable_macs_per_cycle: attainable} =
      points.reduce((a, b) => (a.roofline.macs_per_dram_byte < b.roofline.macs_per_dram_byte ? a : b))
          .roofline;
  // Below the ridge what is attainable tells the bandwidth; where every point is above it, the slope is not
  // seen.
  const most = Math.max(...points.map((row) => row.roofline.macs_per_dram_byte));
  if (attainable >= peak) return [{x: intensity / 2, y: peak}, {x: most * 2, y: peak}];
  const bandwidth = attainable / intensity;
  return [
    {x: intensity / 2, y: bandwidth * intensity / 2}, {x: peak / bandwidth, y: peak},
    {x: Math.max(most, peak / bandwidth) * 2, y: peak}
  ];
}

function rooflineFigure(rowsOf) {
  return figure(
      'roofline-chart', 'Roofline: MACs per cycle over MACs per byte of DRAM traffic',
      () => (isNarrow() ? 380 : 460), () => {
        const rows = rooflinePoints(rowsOf());
        const most = Math.max(1, ...rows.map((row) => row.cycles));
        const datasets =
            Object.entries(kPassMarks)
                .map(([pass, mark]) => {
                  // Small marks lie on large ones.
                  const own = rows.filter((row) => row.pass === pass).sort((a, b) => b.cycles - a.cycles);
                  return {
                    label: words(pass),
                    rows: own,
                    pointStyle: mark.shape,
                    backgroundColor: `${partColour(mark.part)}aa`,
                    borderColor: theme().paper,
                    borderWidth: 0.5,
                    data: own.map(
                        (row) => ({x: row.roofline.macs_per_dram_byte, y: row.roofline.macs_per_cycle})),
                    pointRadius: own.map((row) => 3.5 + 9 * Math.sqrt(row.cycles / most)),
                    pointHoverRadius: own.map((row) => 4.5 + 9 * Math.sqrt(row.cycles / most)),
                  };
                })
                .filter((dataset) => dataset.data.length > 0);
        const roof = rows.length > 0 ? roofOf(rows) : [];
        if (rows.length > 0) {
          datasets.push({
            label: 'roof',
            type: 'line',
            data: roof,
            borderColor: theme().text,
            borderWidth: 2,
            pointRadius: 0,
            pointStyle: 'line',
            fill: false,
            order: 1
          });
        }
        return {
          type: 'scatter',
          data: {datasets},
          options: {
            scales: {
              x: axis(
                  'MACs per byte of DRAM traffic', '', [],
                  {type: 'logarithmic', min: roof[0]?.x, max: roof.at(-1)?.x}),
              y: axis('MACs per cycle', '', [], {type: 'logarithmic'}),
            },
            plugins: {
              legend: {position: 'top', align: 'start', labels: {usePointStyle: true, padding: 12}},
              tooltip: {
                filter: (item) => item.dataset.rows !== undefined,
                callbacks: {label: (item) => rooflineText(item.dataset.rows[item.dataIndex])}
              },
            },
          },
        };
      });
}

function rooflineText(row) {
  const at = row.roofline;
  return [
    `${row.layer}, ${words(row.pass)}`, `${plain(at.macs_per_dram_byte)} MACs/B`,
    `${plain(at.macs_per_cycle)} of ${plain(at.attainable_macs_per_cycle)} attainable MACs/cycle`,
    `${grouped(row.cycles)} cycles, ${row.bottleneck.of} ${row.bottleneck.by}`
  ];
}
