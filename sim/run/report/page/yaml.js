// Writes values of a JSON document as YAML that lnsim reads back.

function yamlScalar(value) {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = /^[A-Za-z_.\/][\w.\/ -]*$/.test(value) &&
      !/^(true|false|null|yes|no|on|off|\.inf|\.nan)$/i.test(value) && !value.endsWith(' ');
  return isPlain ? value : JSON.stringify(value);
}

// {kind: lns, bits: 8}: on one line.
function yamlInline(value) {
  if (Array.isArray(value)) return `[${value.map(yamlInline).join(', ')}]`;
  if (value === null || typeof value !== 'object') return yamlScalar(value);
  return `{${Object.entries(value).map(([key, item]) => `${key}: ${yamlInline(item)}`).join(', ')}}`;
}

// Maps that hold no maps or lists stand on one line where they fit.
function yaml(map, indent = '') {
  return Object.entries(map)
      .map(([key, value]) => {
        const isNested = value !== null && typeof value === 'object' && !Array.isArray(value) &&
            Object.keys(value).length > 0;
        const inline = `${indent}${key}: ${yamlInline(value)}`;
        const isFlat =
            !isNested || Object.values(value).every((item) => item === null || typeof item !== 'object');
        if (!isNested || (isFlat && indent !== '' && inline.length <= 120)) return `${inline}\n`;
        return `${indent}${key}:\n${yaml(value, `${indent}  `)}`;
      })
      .join('');
}
