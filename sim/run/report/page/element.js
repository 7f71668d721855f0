// Builds elements. Text stays text: nothing that comes from a document is parsed as HTML.

// element("td", {class: "number"}, "12"): attributes that are functions are listeners ("onclick"), true and
// false set or leave out an attribute; children are nodes or texts, null ones are left out.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      node[name] = value;
    } else if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// A part of the page with its heading; `note` explains it in a sentence and may be empty.
function section(id, title, note, ...children) {
  return element(
      'section', {id}, element('h2', {}, title), note ? element('p', {class: 'note'}, note) : null,
      ...children);
}

function details(summary, ...children) {
  return element('details', {}, element('summary', {}, summary), ...children);
}

// A labelled choice of one of `choices`, each {value, text}.
function chooser(label, choices, chosen, onChange) {
  const select = element('select', {onchange: () => onChange(select.value)});
  for (const {value, text} of choices)
    select.append(element('option', {value, selected: value === chosen}, text));
  return element('label', {class: 'control'}, element('span', {}, label), select);
}

function checkbox(label, checked, onChange) {
  const box = element('input', {type: 'checkbox', checked, onchange: () => onChange(box.checked)});
  return element('label', {class: 'check'}, box, element('span', {}, label));
}

// Figures of the whole, side by side: each {name, text, note}.
function tiles(figures) {
  return element(
      'dl', {class: 'tiles'},
      ...figures.map(
          (figure) => element(
              'div', {}, element('dt', {}, figure.name), element('dd', {}, figure.text),
              figure.note ? element('dd', {class: 'note'}, figure.note) : null)));
}

// Draws anew what may hold the focus, and gives it back to the element with the same key (data-focus).
function keepingFocus(draw) {
  const key = document.activeElement?.dataset.focus;
  draw();
  if (key) document.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus({preventScroll: true});
}

// A text to take away, with a button that copies it. Pages opened from a file may be denied the clipboard;
// then the text is selected.
function copyable(text, id) {
  const pre = element('pre', {id, tabindex: '0'}, text);
  const button = element('button', {type: 'button'}, 'Copy');
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(pre);
      button.textContent = document.execCommand('copy') ? 'Copied' : 'Selected';
    }
  };
  return element('div', {class: 'copyable'}, button, pre);
}
