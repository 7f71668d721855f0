// Where a document comes from: program, inputs with their hashes, costs, effective config, what is left out.

function facts(pairs) {
  return element(
      'dl', {class: 'facts'},
      ...pairs.filter(([, text]) => text)
          .flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]));
}

function inputText(value) {
  if (Array.isArray(value)) return value.map(inputText).join('\n');
  if (value === null || typeof value !== 'object') return String(value);
  return value.file ? `${value.file} (SHA-256 ${value.sha256})` : yamlInline(value);
}

function provenanceSection(page, ...more) {
  const {program, version, commit, ...inputs} = page.provenance;
  return section(
      'provenance', 'Provenance', '', facts([
        ['program', [program, version, commit ? `(${commit})` : null].filter(Boolean).join(' ')],
        ...Object.entries(inputs).map(([name, value]) => [words(name), inputText(value)]),
      ]),
      ...more, details('Licence of the charts\' library', licenceText()));
}

function licenceText() {
  return element('pre', {class: 'wrapped'}, document.getElementById('chart-licence').textContent.trim());
}

function configDetails(config, id) { return details('Effective config (YAML)', copyable(yaml(config), id)); }

function leftOutSection(lines) {
  return section(
      'left-out', 'Left out of the model', '',
      element('ul', {}, ...lines.map((line) => element('li', {}, line))));
}

// The head of a page; its title is also the document's.
function pageHead(subtitle) {
  const title = document.title;
  return element('header', {}, element('h1', {}, title), element('p', {class: 'note'}, subtitle));
}

function jumps(sections) {
  return element(
      'nav', {'aria-label': 'Sections'},
      ...sections.map((part) => element('a', {href: `#${part.id}`}, part.querySelector('h2').textContent)));
}
