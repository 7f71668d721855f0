#!/usr/bin/env python3
"""Opens the pages of `lnsim report` in headless Chromium, works their filters, tables and charts, and compares what they show
with the documents they were made from.

  run.py SOURCE LNSIM CHROMIUM
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import sweep_document
from browser import Browser
from check_comparison import check_comparison
from check_run import check_run
from check_sweep import check_sweep
from expect import expect, failures

PROBE = (pathlib.Path(__file__).parent / "probe.js").read_text()
PHONE = 360  # pixels
WIDE = 1200


def make_pages(source, lnsim, folder):
    config, trace = source / "configs/accelerators/lns-madam.yaml", source / "traces/digits-cnn.jsonl"
    silent = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([lnsim, "run", config, trace, "--out", folder / "run"], **silent)
    subprocess.run([lnsim, "compare", config, trace, "--datapaths", "fp32,lns", "--out", folder / "comparison"], **silent)
    (folder / "sweep").mkdir()
    (folder / "sweep/sweep.json").write_text(json.dumps(sweep_document.document()))
    for kind in ("run", "comparison", "sweep"):
        subprocess.run([lnsim, "report", folder / kind, "--out", folder / f"{kind}.html"], **silent)


def open_page(browser, page, width, scheme, charts):
    browser.view(width, 1000, scheme)
    browser.open(f"file://{page}")
    browser.run(PROBE)
    browser.settle()
    where = f"{page.stem}, {width} pixels wide, {scheme}"
    expect(f"{where}: charts", browser.run("probe.count('canvas')"), charts)
    expect(f"{where}: scrolls sideways", browser.run("probe.scrollsSideways()"), False)
    text = {"light": "#1f2328", "dark": "#e6edf3"}[scheme]
    expect(f"{where}: colour of the charts' texts", browser.run("Chart.defaults.color"), text)


def main():
    source, lnsim, chromium = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    checks = {"run": (4, lambda browser, folder: check_run(browser, folder, source, lnsim)), "comparison": (2, check_comparison),
              "sweep": (2, check_sweep)}
    with tempfile.TemporaryDirectory() as name, Browser(chromium) as browser:
        folder = pathlib.Path(name)
        make_pages(source, lnsim, folder)
        for kind, (charts, check) in checks.items():
            page = folder / f"{kind}.html"
            open_page(browser, page, PHONE, "dark", charts)
            open_page(browser, page, WIDE, "light", charts)
            check(browser, folder)
            expect(f"{kind}: complaints", browser.complaints(), [])
    print("\n".join(failures) if failures else "every page shows its document")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
