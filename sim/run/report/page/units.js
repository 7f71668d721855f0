// Numbers for people: SI prefixes, grouped digits, one scale for a whole column or axis.

// Units of documents in base units, which take prefixes. Others (dB, %) are written as they are.
const kBaseUnits = {
  '': ['', 1],
  'J': ['J', 1],
  'pJ': ['J', 1e-12],
  'fJ': ['J', 1e-15],
  'fJ/MAC': ['J/MAC', 1e-15],
  'pJ/MAC': ['J/MAC', 1e-12],
  's': ['s', 1],
  'ms': ['s', 1e-3],
  'us': ['s', 1e-6],
  'ns': ['s', 1e-9],
  'B': ['B', 1],
  'W': ['W', 1],
  'mW': ['W', 1e-3],
  'J s': ['J s', 1],
  'pJ s': ['J s', 1e-12],
  'MACs': ['MACs', 1],
};
const kPrefixes = {
  '-18': 'a',
  '-15': 'f',
  '-12': 'p',
  '-9': 'n',
  '-6': 'µ',
  '-3': 'm',
  '0': '',
  '3': 'k',
  '6': 'M',
  '9': 'G',
  '12': 'T',
  '15': 'P',
  '18': 'E'
};

// What to multiply values by, and the unit then, so that `largest` reads as 1 to 1000.
function scaleFor(largest, unit) {
  const base = kBaseUnits[unit];
  if (!base || !(largest > 0) || !isFinite(largest)) return {factor: 1, unit};
  if (unit === '' && largest < 1) return {factor: 1, unit};  // a share is no milli-anything
  const power = Math.floor(Math.log10(largest * base[1] * (1 + 1e-12)) / 3) * 3;
  const exponent = Math.min(18, Math.max(-18, power));
  return {factor: base[1] / 10 ** exponent, unit: kPrefixes[exponent] + base[0]};
}

// 21415 -> "21 415" (with narrow spaces that do not break).
function grouped(integer) { return String(integer).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f'); }

// Four digits that count; whole numbers whole.
function plain(value) {
  if (value === null || value === undefined) return '–';
  if (!isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return grouped(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(3);
  const text = value.toPrecision(4);
  return size >= 1000 ? grouped(Math.round(value)) : text;
}

// 1.5e9 pJ -> "1.50 mJ".
function siText(value, unit) {
  if (value === null || value === undefined) return '–';
  const scale = scaleFor(Math.abs(value), unit);
  const scaled = value * scale.factor;
  const text =
      scale.factor === 1 ? plain(value) : scaled.toPrecision(3 + (Math.abs(scaled) >= 999.5 ? 1 : 0));
  return scale.unit ? `${text} ${scale.unit}` : text;
}

function percent(share) { return `${(100 * share).toFixed(1)} %`; }

// "Energy [µJ]"; no brackets where there is no unit.
function titled(name, unit) { return unit ? `${name} [${unit}]` : name; }

// snake_case names of documents as words.
function words(name) { return name.replaceAll('_', ' '); }

function sum(values) { return values.reduce((total, value) => total + value, 0); }

function largestOf(values) {
  return values.reduce((most, value) => value !== null && Math.abs(value) > most ? Math.abs(value) : most, 0);
}
