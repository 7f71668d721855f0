// What to show: a text, and of each group of values those that are ticked or, where there are many numbers,
// those between two of them. All views of a page follow.

const kMostBoxes = 16;

// `textOf(row)` is what the text is looked for in. `groups`: each {name, values, label(value), valueOf(row)};
// values are compared by their JSON. `flags`: each {label, holds(row)}. Returns {node, accepts(row),
// showCount(shown, all)}.
function filterBar(textOf, groups, flags, onChange) {
  const state = {text: '', set: new Set()};
  const parts = groups.map(
      (group) =>
          (group.values.length > kMostBoxes && group.values.every((value) => typeof value === 'number') ?
               rangeFilter :
               boxFilter)(group, onChange));
  const count = element('output', {id: 'filter-count'});
  const search = element('input', {
    type: 'search',
    id: 'filter-text',
    placeholder: 'any part of a name',
    oninput: () => {
      state.text = search.value.toLowerCase();
      onChange();
    }
  });
  const bar = element(
      'form', {class: 'filters', role: 'search', 'aria-label': 'Filters', onsubmit: () => false},
      element('label', {class: 'control'}, element('span', {}, 'Contains'), search));
  bar.append(...parts.map((part) => part.node));
  for (const flag of flags) {
    bar.append(checkbox(flag.label, false, (on) => {
      if (on)
        state.set.add(flag);
      else
        state.set.delete(flag);
      onChange();
    }));
  }
  bar.append(count);
  return {
    node: bar,
    accepts: (row) => (state.text === '' || textOf(row).toLowerCase().includes(state.text)) &&
        parts.every((part) => part.accepts(row)) && [...state.set].every((flag) => flag.holds(row)),
    showCount: (shown, all) => {
      count.textContent = `${grouped(shown)} of ${grouped(all)} shown`;
    },
  };
}

function fieldset(group, ...nodes) {
  return element('fieldset', {'data-group': group.name}, element('legend', {}, group.name), ...nodes);
}

function boxFilter(group, onChange) {
  const left = new Set();
  const boxes = group.values.map((value) => checkbox(group.label(value), true, (on) => {
                                   if (on)
                                     left.delete(JSON.stringify(value));
                                   else
                                     left.add(JSON.stringify(value));
                                   onChange();
                                 }));
  return {node: fieldset(group, ...boxes), accepts: (row) => !left.has(JSON.stringify(group.valueOf(row)))};
}

function rangeFilter(group, onChange) {
  const ordered = [...group.values].sort((a, b) => a - b);
  const range = {from: ordered[0], to: ordered.at(-1)};
  const end = (key) =>
      chooser(key, ordered.map((value) => ({value, text: group.label(value)})), range[key], (value) => {
        range[key] = Number(value);
        onChange();
      });
  return {
    node: fieldset(group, end('from'), end('to')),
    accepts: (row) => group.valueOf(row) >= range.from && group.valueOf(row) <= range.to
  };
}
