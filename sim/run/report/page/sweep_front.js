// The scatter of two quantities with the front, hover and selection.

// `view`: {shown(), reference, isChosen(point), toggle(point)}. Returns {node, draw()}.
function frontView(quantities, view) {
  const objectives = quantities.filter((quantity) => quantity.goal);
  const [x, y] = [objectives[0], objectives[1] ?? quantities[1] ?? objectives[0]];
  const state = {x: x.name, y: y.name, logX: isWide(x, view.shown()), logY: isWide(y, view.shown())};
  const chart = figure(
      'front-chart', 'Scatter of two quantities over all points, with the front',
      () => (isNarrow() ? 380 : 480), () => frontConfig(quantities, view, state));
  const choices =
      quantities.map((quantity) => ({
                       value: quantity.name,
                       text: quantityTitle(quantity) + (quantity.goal ? ` (${quantity.goal})` : '')
                     }));
  const set = (key) => (value) => {
    state[key] = value;
    chart.draw();
  };
  const controls = element(
      'div', {class: 'controls'}, chooser('Across', choices, state.x, set('x')),
      checkbox('logarithmic', state.logX, set('logX')), chooser('Up', choices, state.y, set('y')),
      checkbox('logarithmic', state.logY, set('logY')));
  return {node: element('div', {}, controls, chart.node), draw: chart.draw};
}

// Values that span more than a factor of fifty (our choice) are seen better on a logarithmic axis; decibels
// are logarithms already.
function isWide(quantity, points) {
  if (quantity.unit === 'dB') return false;
  const values = points.map(quantity.valueOf).filter((value) => value !== null);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  return least > 0 && largestOf(values) > 50 * least;
}

function frontConfig(quantities, view, state) {
  const x = quantityNamed(quantities, state.x);
  const y = quantityNamed(quantities, state.y);
  const points = view.shown().filter((point) => x.valueOf(point) !== null && y.valueOf(point) !== null);
  const isCrowded = points.length > 1000;
  const place = (point) => ({x: x.valueOf(point), y: y.valueOf(point)});
  const marks = (label, own, style) => ({label, points: own, data: own.map(place), ...style});
  const reference =
      [view.reference].filter((point) => point && x.valueOf(point) !== null && y.valueOf(point) !== null);
  const colours = theme();
  const datasets = [
    marks('selected', [...points, ...reference].filter(view.isChosen), {
      pointStyle: 'circle',
      radius: 10,
      hoverRadius: 11,
      backgroundColor: 'transparent',
      borderColor: colours.mark,
      borderWidth: 2.5,
      order: 0
    }),
    marks('on the front of the sweep', points.filter((point) => point.front), {
      pointStyle: 'rectRot',
      radius: isCrowded ? 4 : 6.5,
      hoverRadius: 9,
      backgroundColor: partColour(3),
      borderColor: colours.paper,
      borderWidth: isCrowded ? 0 : 1,
      order: 1
    }),
    marks('other points', points.filter((point) => !point.front && !point.estimated), {
      radius: isCrowded ? 2.5 : 4,
      hoverRadius: 6,
      backgroundColor: `${partColour(0)}99`,
      borderWidth: 0,
      order: 3
    }),
    marks('estimates', points.filter((point) => !point.front && point.estimated), {
      radius: isCrowded ? 2 : 3.5,
      hoverRadius: 6,
      backgroundColor: 'transparent',
      borderColor: `${partColour(0)}99`,
      borderWidth: 1,
      order: 4
    }),
  ];
  datasets.push(marks(
      'reference', reference,
      {pointStyle: 'star', radius: 9, hoverRadius: 11, borderColor: colours.text, borderWidth: 2, order: 0}));
  if (x.goal && y.goal && x !== y) {
    const front = frontOf(points, x, y);
    datasets.push({
      label: 'front of what is shown here',
      type: 'line',
      isLine: true,
      data: front.map(place),
      stepped: x.goal === 'min' ? 'before' : 'after',
      borderColor: partColour(3),
      borderWidth: 1.5,
      pointRadius: 0,
      pointHitRadius: 0,
      pointStyle: 'line',
      fill: false,
      order: 2
    });
  }
  const type = (isLog, quantity) =>
      (isLog && points.every((point) => quantity.valueOf(point) > 0) ? 'logarithmic' : 'linear');
  return {
    type: 'scatter',
    data: {datasets},
    options: {
      scales: {
        x: axis(quantityTitle(x), x.unit, points.map(x.valueOf), {type: type(state.logX, x)}),
        y: axis(quantityTitle(y), y.unit, points.map(y.valueOf), {type: type(state.logY, y)}),
      },
      onClick: (_, items, chart) => {
        const item = items.find((hit) => chart.data.datasets[hit.datasetIndex].points);
        // A selection draws charts anew, this one too: not before it is done with the click.
        if (item)
          queueMicrotask(() => view.toggle(chart.data.datasets[item.datasetIndex].points[item.index]));
      },
      onHover: (event, items) => {
        event.native.target.style.cursor = items.length > 0 ? 'pointer' : '';
      },
      plugins: {
        legend: {
          position: 'top',
          align: 'start',
          labels: {
            usePointStyle: true,
            padding: 12,
            filter: (item) => datasets[item.datasetIndex].data.length > 0
          }
        },
        tooltip: {
          filter: (item, _, items) =>
              !item.dataset.isLine && item === items.find((other) => !other.dataset.isLine),
          displayColors: false,
          callbacks: {label: (item) => pointText(item.dataset.points[item.dataIndex], [x, y])}
        },
      },
    },
  };
}

function pointText(point, quantities) {
  return [
    pointName(point), ...parametersText(point),
    ...quantities.map(
        (quantity) => `${quantityTitle(quantity)}: ${siText(quantity.valueOf(point), quantity.unit)}`)
  ];
}
