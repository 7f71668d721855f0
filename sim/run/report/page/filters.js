// What to show: a text, and for each group of values those that are ticked. All views of a page follow.

// `textOf(row)` is what the text is looked for in. `groups`: each {name, values, label(value), valueOf(row)}; values are
// compared by their JSON. `flags`: each {label, holds(row)}. Returns {node, accepts(row), showCount(shown, all)}.
function filterBar(textOf, groups, flags, onChange) {
  const state = {text: "", left: groups.map(() => new Set()), set: new Set()};
  const count = element("output", {id: "filter-count"});
  const search = element("input", {type: "search", id: "filter-text", placeholder: "any part of a name",
                                   oninput: () => { state.text = search.value.toLowerCase(); onChange(); }});
  const bar = element("form", {class: "filters", role: "search", "aria-label": "Filters", onsubmit: () => false},
                      element("label", {class: "control"}, element("span", {}, "Contains"), search));
  groups.forEach((group, i) => {
    const boxes = group.values.map((value) => checkbox(group.label(value), true, (on) => {
      if (on) state.left[i].delete(JSON.stringify(value));
      else state.left[i].add(JSON.stringify(value));
      onChange();
    }));
    bar.append(element("fieldset", {"data-group": group.name}, element("legend", {}, group.name), ...boxes));
  });
  for (const flag of flags) {
    bar.append(checkbox(flag.label, false, (on) => {
      if (on) state.set.add(flag);
      else state.set.delete(flag);
      onChange();
    }));
  }
  bar.append(count);
  return {
    node: bar,
    accepts: (row) => (state.text === "" || textOf(row).toLowerCase().includes(state.text)) &&
      groups.every((group, i) => !state.left[i].has(JSON.stringify(group.valueOf(row)))) &&
      [...state.set].every((flag) => flag.holds(row)),
    showCount: (shown, all) => { count.textContent = `${grouped(shown)} of ${grouped(all)} shown`; },
  };
}
