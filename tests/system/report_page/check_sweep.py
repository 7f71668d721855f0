"""The page of a sweep whose front is known."""
import sweep_document
from expect import expect, expect_parts

FRONT = "on the front of the sweep"
LINE = "front of what is shown here"
GOOD = len(sweep_document.LANES) * len(sweep_document.WASTE) - 1


def along(waste):
    """The points of one waste, by their energy."""
    return [{"x": sweep_document.energy(lanes, waste), "y": sweep_document.cycles(lanes, waste)} for lanes in sweep_document.LANES]


def components(pj):
    return {name: share * pj for name, share in sweep_document.COMPONENTS.items()}


def heat_rows(shown):
    """Lanes down and waste across, in nJ; what is not shown or failed is a dash."""
    def cell(lanes, waste):
        return f"{lanes * (1 + waste)}" if waste in shown and (lanes, waste) != (32, 2) else "–"
    return [[str(lanes)] + [cell(lanes, waste) for waste in sweep_document.WASTE] for lanes in sweep_document.LANES]


def check_views(browser):
    data = browser.run("probe.data('front-chart')")
    expect("front", data[FRONT], along(0))
    expect("line of the front", data[LINE], along(0))
    expect("reference", data["reference"], [{"x": sweep_document.REFERENCE["energy_pj"], "y": sweep_document.REFERENCE["cycles"]}])
    expect("what is under the title", browser.run("probe.texts('header p')"), ["pe.lanes (6) × waste (3); clock: 1"])
    expect("filters", browser.run("probe.texts('legend')"), ["pe.lanes", "waste"])
    expect("columns", browser.run("probe.texts('#points-table th')"),
           ["select", "point ▲", "front", "estimated", "pe.lanes", "waste", "energy [nJ]", "cycles", "sqnr [dB]"])
    expect("other points", data["other points"], along(1))
    expect("estimates", data["estimates"], along(2)[:-1])
    expect("rows", browser.run("probe.count('#points-table tbody tr')"), GOOD)
    expect("heat map", browser.run("probe.rows('heat-map')"), heat_rows({0, 1, 2}))
    expect("failures", browser.run("probe.rows('failures-table')"), [[str(GOOD), "pe.lanes: 32, waste: 2", sweep_document.FAILURE]])
    expect("elements made of a document's text", browser.run("probe.count('main b, main img')"), 0)
    front = sum(point["x"] for point in along(0))
    expect_parts("energy of the front", browser.run("probe.sums('energy-chart')"), components(front))


def check_selection(browser):
    second = browser.run(f"probe.place('front-chart', '{FRONT}', 1)")
    browser.mouse("mouseMoved", *second)
    browser.settle()
    expect("what hovering tells", browser.run("probe.tooltip('front-chart')"),
           ["point 3", "pe.lanes: 2", "waste: 0", "energy: 2.00 nJ", "cycles: 500 k"])
    browser.click_at(*second)
    expect("selected", browser.run("probe.texts('#selection h3')"), ["Point 3, on the front"])
    expect("its mark", browser.run("probe.data('front-chart').selected"), [along(0)[1]])
    expect_parts("its energy", browser.run("probe.sums('energy-chart')"), components(sweep_document.energy(2, 0)))
    config = "name: lanes-2\npe:\n  lanes: 2\n  tiles: [1, 2]\ngamma: 8\n"
    expect("its config", browser.run("probe.texts('#selection pre')"), [config])
    browser.run("document.querySelector('#selection details').open = true")
    browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    x, y = browser.run("(() => { const b = document.querySelector('#selection .copyable button'); b.scrollIntoView({block: 'center'});"
                       " const r = b.getBoundingClientRect(); return [r.x + 5, r.y + 5]; })()")
    browser.click_at(x, y)
    expect("what the button says", browser.run("probe.texts('#selection .copyable button')"), ["Copied"])
    expect("the clipboard", browser.run("navigator.clipboard.readText()"), config)
    browser.run("document.querySelector('#heat-map tbody button[aria-pressed=false]').click()")
    expect("selected with the heat map's", browser.run("probe.count('#selection article')"), 2)
    browser.run("probe.click('#selection button', 'Clear')")
    expect("selected at last", browser.run("probe.count('#selection article')"), 0)


def check_keyboard(browser):
    browser.run("document.querySelector('#points-table input').focus()")
    browser.press("Space", " ")
    expect("selected by the keyboard", browser.run("probe.count('#selection article')"), 1)
    expect("what has the focus then", browser.run("document.activeElement.getAttribute('aria-label')"), "select point 0")
    browser.press("Space", " ")
    expect("selected by it again", browser.run("probe.count('#selection article')"), 0)


def check_filters(browser):
    browser.run("probe.tick('waste', '0')")
    data = browser.run("probe.data('front-chart')")
    expect("line without waste 0", data[LINE], along(1))
    expect("front without waste 0", data[FRONT], [])
    expect("rows without waste 0", browser.run("probe.count('#points-table tbody tr')"), GOOD - len(sweep_document.LANES))
    expect("heat map without waste 0", browser.run("probe.rows('heat-map')"), heat_rows({1, 2}))
    browser.run("probe.tick('waste', '0')")
    browser.run("probe.click('.filters label', 'only simulated')")
    expect("rows that were simulated", browser.run("probe.count('#points-table tbody tr')"), 2 * len(sweep_document.LANES))
    browser.run("probe.click('.filters label', 'only simulated')")
    browser.run("probe.click('.filters label', 'only the front')")
    expect("rows of the front", browser.run("probe.count('#points-table tbody tr')"), len(sweep_document.LANES))
    browser.run("probe.click('#points-table th button', 'cycles')")
    expect("fewest cycles", browser.run("probe.rows('points-table')")[0][1], str(3 * sweep_document.LANES.index(32)))


def check_sweep(browser, _folder):
    check_views(browser)
    check_selection(browser)
    check_keyboard(browser)
    check_filters(browser)
