// The points of a sweep and the quantities that describe them.

// What differs between points: axes with more than one value, each value once, and of every point the
// parameters on them. `fixed`: the other axes.
function variedSweep(sweep) {
  const axes = sweep.axes.map((axis) => ({...axis, values: uniqueOf(axis.values)}));
  const varied = axes.filter((axis) => axis.values.length > 1);
  const pick = (parameters) => Object.fromEntries(varied.map(({path}) => [path, parameters[path]]));
  return {
    ...sweep,
    axes: varied,
    fixed: axes.filter((axis) => axis.values.length === 1),
    points: sweep.points.map((point) => ({...point, parameters: pick(point.parameters)})),
    // The reference is another machine: it has no place on the axes.
    reference: sweep.reference ? {...sweep.reference, parameters: {}, isReference: true} : null,
  };
}

// Whether some points were not simulated.
function hasEstimates(sweep) { return sweep.points.some((point) => point.estimated && !point.error); }

function uniqueOf(values) {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function pointName(point) { return point.isReference ? 'reference' : `point ${point.number}`; }

// Objectives first, then the metrics that are none and have values: each {name, unit, goal, valueOf(point)}.
// Goals are "min", "max" or, of metrics, null. An objective that is a metric is known of the reference too.
function quantitiesOf(sweep) {
  const names = new Set(sweep.objectives.map((objective) => objective.name));
  const metric = (point, name) => point.metrics?.[name] ?? null;
  return [
    ...sweep.objectives.map(
        ({name, unit, goal, expression}) =>
            ({name, unit, goal, valueOf: (point) => point.objectives?.[name] ?? metric(point, expression)})),
    ...sweep.metrics.filter(({name}) => !names.has(name))
        .map(({name, unit}) => ({name, unit, goal: null, valueOf: (point) => metric(point, name)}))
        .filter(({valueOf}) => sweep.points.some((point) => valueOf(point) !== null)),
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
