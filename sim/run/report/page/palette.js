// Colours for light and dark viewers. Parts of a whole take the eight of Okabe and Ito (Color Universal
// Design, 2008), which can be told apart by colour-blind people, then a second shade of each.

const kOkabeIto = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#56b4e9', '#cc79a7', '#f0e442', '#999999'];
const kDarkShades = ['#003f63', '#8a5f00', '#00593f', '#7f3800', '#2b6a8f', '#7a3f62', '#9a9000', '#4d4d4d'];
const kMiddleShades =
    ['#9db4ff', '#a8772b', '#8ce8cd', '#a63d2f', '#1d7fa8', '#8e4f86', '#a8a431', '#5c6370'];

const kLight = {
  text: '#1f2328',
  faint: '#59636e',
  grid: '#d8dee4',
  paper: '#ffffff',
  mark: '#d1242f',
  parts: [...kOkabeIto, ...kDarkShades]
};
const kDark = {
  text: '#e6edf3',
  faint: '#9198a1',
  grid: '#30363d',
  paper: '#0d1117',
  mark: '#ff7b72',
  parts: [...kOkabeIto, ...kMiddleShades]
};

const kPassMarks = {
  forward: {part: 0, shape: 'circle'},
  input_gradient: {part: 1, shape: 'triangle'},
  weight_gradient: {part: 2, shape: 'rect'},
  backward: {part: 3, shape: 'rectRounded'},
  weight_update: {part: 5, shape: 'rectRot'},
};

function isPrinting() { return document.documentElement.classList.contains('printing'); }

function theme() {
  return !isPrinting() && matchMedia('(prefers-color-scheme: dark)').matches ? kDark : kLight;
}

function partColour(index) {
  const colours = theme().parts;
  return colours[index % colours.length];
}

// From pale to strong for a heat map, and the text that can be read on it: `share` between 0 and 1. One hue,
// so that lightness alone carries the order.
function heatColour(share) {
  const lightness = 94 - 62 * share;
  return {background: `hsl(203 75% ${lightness}%)`, text: lightness < 60 ? '#ffffff' : '#1f2328'};
}
