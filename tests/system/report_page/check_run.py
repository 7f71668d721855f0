"""The page of a run against its report.json."""
import json
import subprocess

from expect import expect, expect_parts


def parts(rows, field):
    """Sums over rows by part, those without any left out, in words."""
    sums = {name.replace("_", " "): sum(row[field][name] for row in rows) for name in rows[0][field]}
    return {name: value for name, value in sums.items() if value > 0}


def check_charts(browser, report):
    layers = report["layers"]
    expect_parts("cycles", browser.run("probe.sums('cycles-chart')"), parts(layers, "cycles_by_cause"))
    energy = browser.run("probe.sums('energy-chart')")
    expect_parts("energy", energy, parts(layers, "energy_pj_by_component"))
    expect("energy of all bars", float(sum(energy.values())), float(report["totals"]["energy_pj"]))
    roofline = browser.run("probe.data('roofline-chart')")
    for name in {layer["pass"] for layer in layers if layer["roofline"]}:
        own = [layer["roofline"] for layer in layers if layer["roofline"] and layer["pass"] == name]
        expect(f"roofline, {name}", sorted((point["x"], point["y"]) for point in roofline[name.replace("_", " ")]),
               sorted((at["macs_per_dram_byte"], at["macs_per_cycle"]) for at in own))
    dram, pe = report["config"]["dram"], report["config"]["pe"]
    peak = pe["count"] * pe["lanes"] * pe["vector_size"]
    expect("ridge of the roof", roofline["roof"][1], {"x": peak / (dram["channels"] * dram["channel_bytes_per_cycle"]), "y": peak})
    errors = browser.run("probe.data('numeric-chart')")
    expect("SQNR", sorted(point["y"] for points in errors.values() for point in points),
           sorted(layer["numeric"]["sums_against_recorded"]["sqnr_db"] for layer in layers
                  if layer.get("numeric", {}).get("sums_against_recorded")))


def check_table(browser, report):
    layers = report["layers"]
    expect("rows", browser.run("probe.count('#layers-table tbody tr')"), len(layers))
    browser.run("probe.click('#layers-table th button', 'cycles')")
    browser.run("probe.click('#layers-table th button', 'cycles')")
    most = max(layers, key=lambda layer: layer["cycles"])
    expect("most cycles", browser.run("probe.rows('layers-table')")[0][:2], [most["layer"], most["pass"].replace("_", " ")])
    expect("sorted column", browser.run("probe.texts('#layers-table th[aria-sort=descending]')"), ["cycles ▼"])


def check_levels(browser, report):
    macs = report["totals"]["macs"]
    levels = report["totals"]["energy_pj_by_level"]
    got = browser.run("probe.rows('levels')")
    expect("levels", [row[0] for row in got], [name.replace("_", " ") for name in levels])
    for row, pj in zip(got, levels.values()):
        expect("uJ and pJ per MAC of a level", [float(row[1]), float(row[2])],
               [float(f"{pj * 1e-6:.4g}"), float(f"{pj / macs:.4g}")])


def check_filters(browser, report):
    layers = report["layers"]
    rest = [layer for layer in layers if layer["pass"] != "forward"]
    browser.run("probe.tick('Passes', 'forward')")
    expect("rows without forward", browser.run("probe.count('#layers-table tbody tr')"), len(rest))
    expect_parts("cycles without forward", browser.run("probe.sums('cycles-chart')"), parts(rest, "cycles_by_cause"))
    block = [layer for layer in rest if "block1" in layer["layer"]]
    browser.run("probe.type('block1')")
    expect("rows of block1", browser.run("probe.count('#layers-table tbody tr')"), len(block))
    expect("count", browser.run("probe.texts('#filter-count')"), [f"{len(block)} of {len(layers)} shown"])
    expect("bars of block1", browser.run("probe.labels('cycles-chart')"), list(dict.fromkeys(layer["layer"] for layer in block)))
    browser.run("probe.type('nothing of that name')")
    expect("rows of nothing", browser.run("probe.rows('layers-table')"), [["Nothing passes the filters."]])
    browser.run("probe.type('')")


def check_config(browser, report, folder, source, lnsim):
    """The config that the page hands out is one, and gives the same run."""
    (folder / "energy").symlink_to(source / "configs/energy")
    (folder / "accelerators").mkdir()
    copied = folder / "accelerators/copied.yaml"
    copied.write_text(browser.run("document.getElementById('config').textContent"))
    again = subprocess.run([lnsim, "run", copied, source / "traces/digits-cnn.jsonl", "--json"], capture_output=True, text=True)
    expect("messages about the copied config", again.stderr, "")
    if again.returncode == 0:
        expect("the copied config", json.loads(again.stdout)["config"], report["config"])
        expect("its totals", json.loads(again.stdout)["totals"], report["totals"])


def check_print(browser):
    browser.view(1200, 1000, "dark")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    expect("colour of charts in print", browser.run("Chart.defaults.color"), "#1f2328")
    browser.run("dispatchEvent(new Event('afterprint'))")
    expect("colour of charts behind it", browser.run("Chart.defaults.color"), "#e6edf3")


def check_run(browser, folder, source, lnsim):
    report = json.loads((folder / "run/report.json").read_text())
    expect("title", browser.run("document.title"), f'{report["trace"]["model"]} on {report["config"]["name"]}')
    cycles = f'{report["totals"]["cycles"]:,}'.replace(",", "\u202f")
    expect("cycles in the tile", browser.run("probe.texts('.tiles dd')")[0], cycles)
    check_charts(browser, report)
    check_table(browser, report)
    check_levels(browser, report)
    check_filters(browser, report)
    check_config(browser, report, folder, source, lnsim)
    check_print(browser)
