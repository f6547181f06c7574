"""Drawing on the page in a browser."""

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def traces(page, digit):
    """A digit's strokes as points on the sheet, 0 to 1."""
    files = page.locator("script[type=module]").get_attribute("src").rpartition("/")[0]
    return page.evaluate(
        """async ([files, digit]) => {
            const { SAMPLES, trace } = await import(`${files}/samples.js`);
            return SAMPLES[digit].map((numbers) => trace(numbers, 1));
        }""",
        [files, digit],
    )


def draw(page, strokes):
    sheet = page.locator("#surface").bounding_box()
    for stroke in strokes:
        for at, (x, y) in enumerate(stroke):
            page.mouse.move(sheet["x"] + x * sheet["width"], sheet["y"] + y * sheet["height"])
            if at == 0:
                page.mouse.down()
        page.mouse.up()
