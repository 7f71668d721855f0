#!/usr/bin/env python3
"""Runs the recorder's tests; without PyTorch it says so and returns 77, which ctest counts as skipped."""
import importlib.util
import pathlib
import sys
import unittest

if importlib.util.find_spec("torch") is None:
    print("skipped: PyTorch is not installed for", sys.executable, "- apt-get install python3-torch, or pip install torch")
    sys.exit(77)
unittest.main(module=None, argv=[sys.argv[0], "discover", "-s", str(pathlib.Path(__file__).parent)])
