"""A sweep whose front is known: on `lanes` x `waste`, energy = 1000 lanes (1 + waste) pJ and cycles = 10^6 / lanes (1 + waste),
so that the front is exactly waste = 0, for every number of lanes. Points with waste 2 are estimates. The axis `clock` has one value, and nothing has an area. Where lanes = 32 and waste = 2, the point failed."""

LANES = [1, 2, 4, 8, 16, 32]
WASTE = [0, 1, 2]
COMPONENTS = {"datapath": 0.25, "dram": 0.75}
REFERENCE = {"energy_pj": 5000.0, "cycles": 4e5, "sqnr_db": None, "lanes_um2": None}
FAILURE = "pe.lanes: got 32, expected <b>less</b></script><img src=x>"


def energy(lanes, waste):
    return 1000.0 * lanes * (1 + waste)


def cycles(lanes, waste):
    return 1e6 / lanes * (1 + waste)


def config(lanes):
    """Other machines than the first have less in one place and more in another."""
    own = {"tile": [1]} if lanes == 1 else {}
    return {"name": f"lanes-{lanes}", "pe": {"lanes": lanes, "tiles": [1, 2, 3][:lanes], **own}, **({"gamma": 8} if lanes == 2 else {})}


def point(number, lanes, waste):
    if lanes == 32 and waste == 2:
        return {"number": number, "parameters": {"pe.lanes": lanes, "waste": waste, "clock": 1}, "metrics": {}, "objectives": {}, "front": False, "estimated": True,
                "error": FAILURE, "config": None, "energy_pj_by_component": {}}
    figures = {"energy_pj": energy(lanes, waste), "cycles": cycles(lanes, waste)}
    return {"number": number, "parameters": {"pe.lanes": lanes, "waste": waste, "clock": 1}, "metrics": {**figures, "sqnr_db": 40.0 - waste},
            "objectives": figures, "front": waste == 0, "estimated": waste == 2, "error": None, "config": config(lanes),
            "energy_pj_by_component": {name: share * figures["energy_pj"] for name, share in COMPONENTS.items()}}


def document():
    pairs = [(lanes, waste) for lanes in LANES for waste in WASTE]
    return {"kind": "sweep", "name": "known front",
            "axes": [{"path": "pe.lanes", "values": LANES}, {"path": "waste", "values": WASTE}, {"path": "clock", "values": [1]}],
            "objectives": [{"name": "energy_pj", "expression": "energy_pj", "goal": "min", "unit": "pJ"},
                           {"name": "cycles", "expression": "cycles", "goal": "min", "unit": ""}],
            "metrics": [{"name": "energy_pj", "unit": "pJ"}, {"name": "cycles", "unit": ""}, {"name": "sqnr_db", "unit": "dB"},
                        {"name": "lanes_um2", "unit": "um2"}],
            "reference": {"number": 0, "parameters": {}, "metrics": REFERENCE, "error": None, "energy_pj_by_component": {}, "config": {}},
            "points": [point(number, *pair) for number, pair in enumerate(pairs)], "energy_components": list(COMPONENTS),
            "provenance": {"program": "lnsim", "version": "0", "commit": "0"}}
