// The points of a sweep and the quantities that describe them.

// Objectives first, then the metrics that are none: each {name, unit, goal, valueOf(point)}. Goals are "min",
// "max" or, of metrics, null.
function quantitiesOf(sweep) {
  const names = new Set(sweep.objectives.map((objective) => objective.name));
  return [
    ...sweep.objectives.map(
        ({name, unit, goal}) => ({name, unit, goal, valueOf: (point) => point.objectives?.[name] ?? null})),
    ...sweep.metrics.filter((metric) => !names.has(metric.name))
        .map(({name, unit}) => ({name, unit, goal: null, valueOf: (point) => point.metrics?.[name] ?? null})),
  ];
}

// Names of metrics end with their unit; an axis shows the unit in its own way.
function quantityTitle(quantity) {
  const suffix = `_${quantity.unit.replaceAll('/', '_per_').toLowerCase()}`;
  const name = quantity.unit && quantity.name.toLowerCase().endsWith(suffix) ?
      quantity.name.slice(0, -suffix.length) :
      quantity.name;
  return words(name);
}

function quantityNamed(quantities, name) { return quantities.find((quantity) => quantity.name === name); }

// Formats are maps: their values are written on one line.
function valueText(value) {
  return value === null || value === undefined ? '–' :
      typeof value === 'object'                ? yamlInline(value) :
                                                 String(value);
}

function parametersText(point) {
  return Object.entries(point.parameters).map(([path, value]) => `${path}: ${valueText(value)}`);
}

function isBetter(quantity, a, b) { return quantity.goal === 'max' ? a > b : a < b; }

// Points that no other one equals or beats in both quantities, by the first one's value. Of equal points, the
// first.
function frontOf(points, x, y) {
  const sign = (quantity) => (quantity.goal === 'max' ? -1 : 1);
  const known = points.filter((point) => x.valueOf(point) !== null && y.valueOf(point) !== null);
  const ordered = [...known].sort(
      (a, b) => sign(x) * (x.valueOf(a) - x.valueOf(b)) || sign(y) * (y.valueOf(a) - y.valueOf(b)));
  const front = [];
  for (const point of ordered) {
    if (front.length === 0 || isBetter(y, y.valueOf(point), y.valueOf(front.at(-1)))) front.push(point);
  }
  return front.sort((a, b) => x.valueOf(a) - x.valueOf(b));
}
