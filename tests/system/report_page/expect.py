"""Collects what is not as expected."""
import math

failures = []


def expect(what, got, wanted):
    if isinstance(wanted, float) and isinstance(got, (int, float)):
        good = math.isclose(got, wanted, rel_tol=1e-12)
    else:
        good = got == wanted
    if not good:
        failures.append(f"{what}: got {got!r}, expected {wanted!r}")


def expect_parts(what, got, wanted):
    expect(what, sorted(got), sorted(wanted))
    for name, value in wanted.items():
        expect(f"{what}, {name}", got.get(name), float(value))
