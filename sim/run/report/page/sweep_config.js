// The config of a sweep's point: the sweep's one with the changes of the point (JSON Patch, RFC 6902).

function configOf(sweep, point) {
  return point.config_changes ? point.config_changes.reduce(changed, structuredClone(sweep.config)) :
                                point.config;
}

function changed(config, {op, path, value}) {
  const keys = path.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  const place = keys.reduce((inner, key) => inner[key], config);
  if (!Array.isArray(place)) {
    if (op === 'remove')
      delete place[last];
    else
      place[last] = value;
  } else if (op === 'replace') {
    place[last] = value;
  } else {
    place.splice(
        last === '-' ? place.length : Number(last), op === 'remove' ? 1 : 0,
        ...(op === 'add' ? [value] : []));
  }
  return config;
}
