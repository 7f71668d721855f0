// Charts that follow the viewer's light or dark scheme and the printer's paper.

const kFigures = [];

// A chart in its box. `configOf()` gives Chart.js' configuration and is asked again at every drawing;
// `heightOf()` the height in pixels. `label` says in words what is drawn.
function figure(id, label, heightOf, configOf) {
  const canvas = element('canvas', {id, role: 'img', 'aria-label': label});
  const box = element('div', {class: 'chart'}, canvas);
  let chart = null;
  const draw = () => {
    chart?.destroy();
    box.style.height = `${heightOf()}px`;
    chart = new Chart(canvas, withDefaults(configOf()));
  };
  kFigures.push(draw);
  return {node: box, draw};
}

function withDefaults(config) {
  config.options = {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    devicePixelRatio: isPrinting() ? 3 : undefined,
    ...config.options
  };
  return config;
}

function drawFigures() {
  const colours = theme();
  Chart.defaults.color = colours.text;
  Chart.defaults.borderColor = colours.grid;
  Chart.defaults.font.family = 'system-ui, sans-serif';
  for (const draw of kFigures) draw();
}

// On paper the page is as wide as a sheet and light; what was drawn for the screen is drawn anew.
function followViewer() {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawFigures);
  const print = (on) => {
    document.documentElement.classList.toggle('printing', on);
    drawFigures();
  };
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
}

function isNarrow() { return document.documentElement.clientWidth < 600; }

// An axis with its quantity and unit. `range` of its values chooses the prefix.
function axis(name, unit, values, options = {}) {
  const scale = scaleFor(largestOf(values), unit);
  return {
    title: {display: true, text: titled(name, scale.unit)},
    ...options,
    ticks: {
      callback: (value) =>
          options.type === 'logarithmic' && !isLabelled(value) ? null : tickText(value * scale.factor),
      maxRotation: 0,
      ...options.ticks
    },
  };
}

// Logarithmic axes name 1, 2 and 5 of a decade.
function isLabelled(value) {
  const digit = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
  return [1, 2, 5].some((named) => Math.abs(digit - named) < 1e-6);
}

function tickText(value) {
  const rounded = Number(value.toPrecision(6));
  return Number.isInteger(rounded) ? plain(rounded) : String(rounded);
}
