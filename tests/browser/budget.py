"""What the page costs, against its budget: `make page-budget`."""

from statistics import median

import pytest
from machine import machine
from pen import draw, traces

PAINTS = 9
"""Times that each page is opened, each time by a browser that has nothing of it yet."""

ROUNDS = 2
"""Times that each of the ten digits is drawn."""

LOADED = """() => {
    const files = performance.getEntriesByType("resource").filter((each) => !each.name.startsWith("data:"));
    const all = [...performance.getEntriesByType("navigation"), ...files];
    return {
        bytes: all.reduce((sum, each) => sum + each.transferSize, 0),
        requests: all.length,
        paint_ms: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    };
}"""

WATCH = """() => {
    window.answered = new Promise((resolve) => {
        let lifted = null;
        addEventListener("pointerup", () => (lifted = performance.now()), { capture: true });
        new MutationObserver(() => lifted !== null && resolve(performance.now() - lifted)).observe(
            document.getElementById("bars"), { subtree: true, childList: true, characterData: true });
    });
}"""
"""From the pen's lift to the bars that are drawn anew, in milliseconds."""


def report(what, values, unit, limit):
    middle, worst = median(values), max(values)
    told = "within" if middle < limit else "OVER"
    print(f"{what:<34} {middle:8.1f} {unit:<3} worst {worst:8.1f}   {told} {limit:g} {unit}")  # noqa: T201


@pytest.mark.parametrize("path", ["/", "/network"])
def test_what_a_page_weighs_and_when_it_is_painted(open_page, path):
    loads = []
    for _ in range(PAINTS):
        page = open_page(path)
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        page.wait_for_load_state("networkidle")
        loads.append(page.evaluate(LOADED))
        page.context.close()

    print(f"\n{machine()}, {path}: {loads[0]['requests']} requests")  # noqa: T201
    report("over the wire, headers included", [each["bytes"] / 1000 for each in loads], "kB", 60)
    report("first contentful paint", [each["paint_ms"] for each in loads], "ms", 500)


@pytest.mark.timeout(600)
def test_how_soon_a_stroke_has_its_answer(page):
    waits = []
    for digit in [*range(10)] * ROUNDS:
        strokes = traces(page, digit)
        page.locator("#surface").press("Delete")
        draw(page, strokes[:-1])
        page.wait_for_timeout(300)  # until what came before has its answer
        page.evaluate(WATCH)
        draw(page, strokes[-1:])
        waits.append(page.evaluate("window.answered"))

    print(f"\n{machine()}: {len(waits)} strokes")  # noqa: T201
    report("from a stroke's end to its answer", waits, "ms", 50)
