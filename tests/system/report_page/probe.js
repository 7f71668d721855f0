// What the test asks a page; evaluated in it.
var probe = {
  chart: (id) => Chart.getChart(document.getElementById(id)),
  // {dataset label: its data}
  data: (id) =>
      Object.fromEntries(probe.chart(id).data.datasets.map((dataset) => [dataset.label, dataset.data])),
  labels: (id) => probe.chart(id).data.labels,
  // The sum of every dataset of a bar chart.
  sums: (id) => Object.fromEntries(
      Object.entries(probe.data(id)).map(([label, data]) => [label, data.reduce((a, b) => a + b, 0)])),
  // Where the `index`-th point of the dataset `label` is drawn, in the window.
  place: (id, label, index) => {
    const chart = probe.chart(id);
    chart.canvas.scrollIntoView({block: 'center'});
    const at = chart.data.datasets.findIndex((dataset) => dataset.label === label);
    const {x, y} = chart.getDatasetMeta(at).data[index].getProps(['x', 'y'], true);
    const box = chart.canvas.getBoundingClientRect();
    return [box.left + x, box.top + y];
  },
  tooltip: (id) => {
    const tooltip = probe.chart(id).tooltip;
    return tooltip.opacity > 0 ? tooltip.body.flatMap((body) => body.lines) : null;
  },
  rows: (id) => [...document.querySelectorAll(`#${id} tbody tr`)].map(
      (row) => [...row.cells].map((cell) => cell.textContent)),
  texts: (selector) => [...document.querySelectorAll(selector)].map((node) => node.textContent),
  count: (selector) => document.querySelectorAll(selector).length,
  click: (selector, text) => [...document.querySelectorAll(selector)]
                                 .find((node) => node.textContent.startsWith(text))
                                 .click(),
  type: (text) => {
    const box = document.getElementById('filter-text');
    box.value = text;
    box.dispatchEvent(new Event('input'));
  },
  tick: (group, label) => {
    const boxes = [...document.querySelectorAll(`fieldset[data-group="${group}"] label`)];
    boxes.find((box) => box.textContent === label).querySelector('input').click();
  },
  scrollsSideways: () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
};
