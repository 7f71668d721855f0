"""The page of a comparison against its comparison.json."""
import json

from expect import expect

RATIOS = ("cycles", "datapath_energy_pj", "processing_element_energy_pj", "system_energy_pj", "dram_bytes")


def check_comparison(browser, folder):
    machines = json.loads((folder / "comparison/comparison.json").read_text())["views"]["equal_lanes"]
    names = [machine["datapath"] for machine in machines]
    rows = browser.run("probe.rows('ratio-table-equal_lanes')")
    expect("datapaths", [row[0] for row in rows], names)
    for row, machine in zip(rows, machines):
        expect("ratios", row[4:], [f'{machine["ratio"][name]:.3f}' for name in RATIOS])
    expect("bars", browser.run("probe.labels('energy-equal_lanes')"), names)
    energy = browser.run("probe.data('energy-equal_lanes')")
    for i, machine in enumerate(machines):
        expect("energy", float(sum(data[i] for data in energy.values())), float(machine["system_energy_pj"]))
    expect("configs", browser.run("probe.count('.copyable')"), len(machines))
