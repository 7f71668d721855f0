#!/usr/bin/env python3
"""Reads a sweep's database with pandas and plots its points; a cell per paragraph in a notebook.

    python3 tools/notebook/read_sweep.py table-size.db energy_pj weight_gradient_sqnr_db front.png

Needs Debian's python3-pandas and python3-matplotlib. Columns are the parameters on the sweep's axes by their paths and the
metrics of `lnsim sweep --names`, with their units in their names; a machine that could not be run has its message in `error`, one
that was not simulated 1 in `estimated`.
"""
import sqlite3
import sys

import matplotlib.pyplot as pyplot
import pandas

database, across, up, picture = sys.argv[1:]

points = pandas.read_sql("SELECT * FROM points", sqlite3.connect(database))
reference = points[points.number == -1]
machines = points[(points.number >= 0) & points.error.isna()]

print(machines.sort_values(across).head(10).T)

figure, axes = pyplot.subplots()
for name, group, fill in (("machines", machines[machines.estimated == 0], None), ("estimates", machines[machines.estimated == 1], "none")):
    axes.scatter(group[across], group[up], label=name, facecolors=fill, edgecolors="tab:blue")
axes.scatter(reference[across], reference[up], marker="x", label="reference")
axes.set(xlabel=across, ylabel=up)
axes.legend()
figure.savefig(picture)
