"""The page as people use it."""

import base64
import contextlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from pen import PHONE, draw, traces
from pictures import draw_seven, encode
from PIL import Image, ImageOps
from playwright.sync_api import Error, expect

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def expect_digit(page, digit):
    expect(page.locator("#digit")).to_have_text(str(digit))
    expect(page.locator("#sentence")).to_have_text(f"This is a {digit}.")


def files_in_page(page, kind, pictures):
    """Drops or pastes pictures `{name: bytes}`."""
    given = [[name, base64.b64encode(content).decode()] for name, content in pictures.items()]
    page.evaluate(
        """([kind, given]) => {
            const data = new DataTransfer();
            for (const [name, text] of given) {
                const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
                data.items.add(new File([bytes], name, { type: "image/png" }));
            }
            const event = kind === "paste"
                ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true })
                : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
            document.body.dispatchEvent(event);
        }""",
        [kind, given],
    )


@pytest.mark.parametrize("digit", range(10))
def test_what_is_drawn_is_read_and_explained(page, digit):
    draw(page, traces(page, digit))

    expect_digit(page, digit)
    expect(page.locator("#bars .best b")).to_have_text(str(digit))
    expect(page.locator("#latency")).to_have_text(re.compile(r"^\d+ ms"))
    expect(page.locator("#seen")).to_have_class(re.compile("known"))
    expect(page.locator("#announcer")).to_have_text(f"This is a {digit}.")


def test_the_answer_follows_an_unfinished_stroke(page):
    sheet = page.locator("#surface").bounding_box()
    page.mouse.move(sheet["x"] + 150, sheet["y"] + 60)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 150, sheet["y"] + 260, steps=10)

    expect(page.locator("#digit")).not_to_be_empty()


def heat_in_the_picture(page):
    """Where the haze lies, as shares of what it lies over: left, top, right, bottom."""
    width, height = map(float, page.locator("#heat").get_attribute("viewBox").split()[2:])
    x, y, across, down = (
        float(page.locator("#heat image").get_attribute(each)) for each in ("x", "y", "width", "height")
    )
    return x / width, y / height, (x + across) / width, (y + down) / height


def test_what_counted_lies_on_the_stroke_and_goes_when_it_goes_on(page):
    draw(page, [[(x * 0.5 + 0.45, y * 0.5) for x, y in stroke] for stroke in traces(page, 4)])

    expect(page.locator("#heat image")).to_have_count(1)
    left, top, right, bottom = heat_in_the_picture(page)
    assert (left + right) / 2 == pytest.approx(0.45 + 0.25, abs=0.06)
    assert (top + bottom) / 2 == pytest.approx(0.25, abs=0.06)
    sheet = page.locator("#surface").bounding_box()
    page.mouse.move(sheet["x"] + 20, sheet["y"] + 20)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 30, sheet["y"] + 30)
    expect(page.locator("#heat image")).to_have_count(0)


def test_what_counted_lies_on_a_picture_that_exif_turned(page):
    upright = ImageOps.expand(draw_seven(), (0, 0, 320, 0), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it clockwise
    lying = encode(upright.transpose(Image.Transpose.ROTATE_90), exif=exif)
    files_in_page(page, "drop", {"lying.png": lying})

    expect_digit(page, 7)
    expect(page.locator("#heat image")).to_have_count(1)
    left, _, right, _ = heat_in_the_picture(page)
    assert (left + right) / 2 == pytest.approx(0.25, abs=0.06)
    shown = page.locator("#shown").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert shown == [600, 280]


def test_what_counted_is_hidden_by_hand_and_stays_so(page):
    draw(page, traces(page, 7))
    switch = page.get_by_role("button", name="What counted")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(page.locator("#heat")).to_be_hidden()

    page.reload()
    draw(page, traces(page, 7))
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#heat")).to_be_hidden()


def test_several_digits_are_read_one_by_one_with_boxes(page):
    for digit, left in ((4, 0.0), (2, 0.5)):
        draw(page, [[(left + x * 0.5, 0.25 + y * 0.5) for x, y in stroke] for stroke in traces(page, digit)])

    expect(page.locator("#digit")).to_have_text("42")
    expect(page.locator("#boxes rect")).to_have_count(2)
    page.get_by_label("Python").check()
    expect(page.locator("#code")).to_contain_text("/read")


def test_undo_redo_eraser_and_clear(page):
    draw(page, traces(page, 7))
    expect_digit(page, 7)

    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#hint")).to_be_visible()
    expect(page.locator("#digit")).to_be_empty()
    page.get_by_role("button", name="Redo").click()
    expect_digit(page, 7)
    page.get_by_role("button", name="Eraser").click()
    page.locator("#width").fill("40")
    draw(page, traces(page, 7))
    expect(page.locator("#sentence")).to_have_text("There is nothing on it.")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#hint")).to_be_visible()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect_digit(page, 7)


def test_a_digit_is_drawn_by_keys_alone(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the header, to the sheet
    page.keyboard.press("Space")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")

    expect_digit(page, 1)
    page.keyboard.press("Delete")
    expect(page.locator("#digit")).to_be_empty()


def test_a_sample_draws_itself(page):
    page.get_by_role("button", name="Draw a 5").click()

    expect_digit(page, 5)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_pictures_are_dropped_or_pasted_several_at_once(page, kind):
    pictures = {
        "a.png": encode(draw_seven()),
        "b.png": (IMAGES / "number.png").read_bytes(),
        "c.png": b"no picture",
    }
    files_in_page(page, kind, pictures)

    expect(page.locator("#pictures b")).to_have_text(["7", "90210", "!"])
    expect_digit(page, 7)
    page.locator("#pictures button").nth(1).click()
    expect(page.locator("#boxes rect")).to_have_count(5)
    expect(page.locator("#bars")).not_to_contain_text("100")  # nothing is that certain
    expect(page.locator("#pictures img").nth(2)).to_be_hidden()
    expect(page.locator("#pictures .why")).to_contain_text("not a picture that can be read")
    page.get_by_role("button", name="Draw", exact=True).click()
    expect(page.locator("#shown")).to_be_hidden()


def test_a_picture_is_chosen(page):
    page.locator("#files").set_input_files(IMAGES / "seven.png")

    expect_digit(page, 7)
    expect(page.locator("#code")).to_contain_text("curl -F image=@seven.png")


def test_a_file_too_large_is_told_in_words(page):
    files_in_page(page, "drop", {"large.png": bytes(2_500_000)})

    expect(page.locator("#trouble")).to_contain_text("larger than the service takes")


def test_a_service_that_is_busy_is_asked_again(page):
    answers = iter([("overloaded", 503), ("unreachable", None)])

    def refuse(route):
        code, status = next(answers, (None, None))
        if status:
            route.fulfill(status=status, headers={"Retry-After": "1"}, json={"code": code})
        elif code:
            route.abort()
        else:
            route.continue_()

    page.route("**/predict*", refuse)
    page.locator("#files").set_input_files(IMAGES / "seven.png")

    expect(page.locator("#trouble")).to_contain_text("The service is busy.")
    expect(page.locator("#trouble")).to_contain_text("does not answer")  # asked again by itself
    page.locator("#trouble").get_by_role("button", name="Try again").click()
    expect_digit(page, 7)


@pytest.mark.parametrize("code", ["not-ready", "overloaded", "rate-limited"])
def test_pictures_that_met_a_service_that_could_not_answer_yet_are_asked_for_again(page, code):
    refusals = iter(range(2))

    def refuse_twice(route):
        if next(refusals, None) is None:
            route.continue_()
        else:
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"code": code})

    page.route("**/predict", refuse_twice)
    files_in_page(page, "drop", {"a.png": encode(draw_seven()), "b.png": (IMAGES / "seven.png").read_bytes()})

    expect(page.locator("#pictures b")).to_have_text(["7", "7"])


def test_reasons_that_come_late_are_not_laid_over_what_is_drawn_since(page):
    late = []
    page.route("**/predict?explain=true", lambda route: route.abort(), times=1)
    draw(page, traces(page, 7))
    expect(page.locator("#trouble")).to_be_visible()
    page.route("**/predict?explain=true", lambda route: late.append(route), times=1)  # noqa: PLW0108
    page.get_by_role("button", name="Try again").click()
    while not late:
        page.wait_for_timeout(10)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#digit")).to_be_empty()

    with contextlib.suppress(Error):  # the page has given it up
        late[0].fulfill(status=500, json={"code": "internal-error"})

    page.wait_for_timeout(200)
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#seen")).not_to_have_class(re.compile("known"))


def test_reasons_are_not_asked_for_again_once_the_drawing_goes_on(page):
    refusal = {"status": 503, "headers": {"Retry-After": "1"}, "json": {"code": "overloaded"}}
    page.route("**/predict?explain=true", lambda route: route.fulfill(**refusal), times=1)
    draw(page, traces(page, 7))
    expect(page.locator("#trouble")).to_be_visible()
    page.route(re.compile(".*/predict$"), lambda _: None)  # an answer that does not come
    asked = []
    page.on("request", lambda request: "explain" in request.url and asked.append(request.url))
    sheet = page.locator("#surface").bounding_box()
    page.mouse.move(sheet["x"] + 30, sheet["y"] + 30)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 200, sheet["y"] + 200)

    page.wait_for_timeout(1500)

    assert asked == []
    expect(page.locator("#seen")).not_to_have_class(re.compile("known"))


def test_reasons_whose_pictures_come_late_are_not_laid_on_an_empty_sheet(page):
    page.evaluate(
        """() => {
            const decode = HTMLImageElement.prototype.decode;
            window.decoding = 0;
            HTMLImageElement.prototype.decode = async function () {
                window.decoding++;
                await decode.call(this);
                await new Promise((done) => setTimeout(done, 300));
                window.decoding--;
            };
        }"""
    )
    draw(page, traces(page, 7))
    page.wait_for_function("() => window.decoding > 0")
    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(900)  # two pictures, one after the other

    expect(page.locator("#seen")).not_to_have_class(re.compile("known"))


def test_an_answer_without_reasons_stays_and_its_reasons_can_be_asked_for_again(page):
    page.route("**/predict?explain=true", lambda route: route.abort(), times=1)
    draw(page, traces(page, 7))

    expect(page.locator("#trouble")).to_contain_text("does not answer")
    expect_digit(page, 7)
    page.locator("#trouble").get_by_role("button", name="Try again").click()
    expect(page.locator("#seen")).to_have_class(re.compile("known"))
    expect(page.locator("#trouble")).to_be_hidden()


def ask_for_a_key(page):
    def judge(route):
        if route.request.headers.get("authorization") == "Bearer secret":
            route.continue_()
        else:
            route.fulfill(status=401, json={"code": "unauthorized"})

    page.route("**/predict*", judge)


def test_a_key_can_be_typed_while_refusals_still_come(page):
    ask_for_a_key(page)
    *whole, unfinished = traces(page, 4)
    draw(page, whole)
    sheet = page.locator("#surface").bounding_box()
    points = [(sheet["x"] + x * sheet["width"], sheet["y"] + y * sheet["height"]) for x, y in unfinished]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.get_by_label("API key").fill("secret")

    with page.expect_response(lambda answer: answer.status == 401) as refused:
        page.mouse.up()

    refused.value.finished()
    page.wait_for_timeout(100)  # time for the page to take that answer
    expect(page.get_by_label("API key")).to_have_value("secret")
    page.keyboard.press("Enter")
    expect_digit(page, 4)


def test_a_service_that_asks_for_a_key_gets_it_and_so_do_the_calls(page):
    ask_for_a_key(page)
    draw(page, traces(page, 7))
    page.get_by_label("API key").fill("secret")
    page.keyboard.press("Enter")

    expect_digit(page, 7)
    for language in ("curl", "Python", "JavaScript"):
        page.get_by_label(language).check()
        expect(page.locator("#code")).to_contain_text("API_KEY")


@pytest.mark.parametrize(
    ("language", "command"),
    [
        pytest.param("curl", ["sh"], id="curl"),
        pytest.param("Python", [sys.executable, "-"], id="python"),
        pytest.param("JavaScript", ["node", "--input-type=module", "-"], id="javascript"),
    ],
)
def test_a_copied_call_does_what_was_just_done(page, tmp_path, language, command):
    if not (shutil.which(command[0]) and (language != "curl" or shutil.which("curl"))):
        pytest.skip(f"needs {command[0]}")
    draw(page, traces(page, 7))
    expect(page.locator("#save")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the drawing").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    page.get_by_label(language).check()

    code = page.locator("#code").text_content()

    done = subprocess.run(command, input=code, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.search(r'"digit":7|^7$', done.stdout.strip()), done.stdout


def test_a_pens_pressure_makes_its_line(page):
    """A light and a firm stroke of a pen, side by side: ink on the sheet in each half."""
    ink = page.locator("#surface").evaluate(
        """canvas => {
            const { left, top, width } = canvas.getBoundingClientRect();
            const send = (kind, x, y, pressure) => canvas.dispatchEvent(new PointerEvent(kind, {
                pointerId: 7, pointerType: "pen", pressure, button: 0, buttons: 1,
                clientX: left + x * width, clientY: top + y * width, bubbles: true,
            }));
            canvas.setPointerCapture = () => {};  // there is no such pointer
            for (const [x, pressure] of [[0.25, 0.1], [0.75, 0.9]]) {
                send("pointerdown", x, 0.2, pressure);
                for (let y = 0.25; y < 0.8; y += 0.05) send("pointermove", x, y, pressure);
                send("pointerup", x, 0.8, pressure);
            }
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            const ink = [0, 0];
            for (let i = 3; i < pixels.length; i += 4) {
                ink[((i >> 2) % canvas.width) * 2 < canvas.width ? 0 : 1] += pixels[i];
            }
            return ink;
        }"""
    )

    assert ink[1] > 2 * ink[0] > 0


def test_an_answer_that_comes_too_late_is_not_shown(page):
    late = []
    page.route("**/predict", lambda route: late.append(route) if not late else route.continue_())
    sheet = page.locator("#surface").bounding_box()
    page.mouse.move(sheet["x"] + 150, sheet["y"] + 60)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 150, sheet["y"] + 260, steps=10)
    page.wait_for_timeout(200)
    page.mouse.up()  # at rest, it is asked for anew

    expect_digit(page, 1)
    with contextlib.suppress(Error):  # nobody waits for it any more
        late[0].fulfill(json={"digit": 8})
    page.wait_for_timeout(200)
    expect_digit(page, 1)


def test_a_camera_that_is_denied_is_told_in_words(page):
    page.evaluate(
        """() => {
            const denied = () => Promise.reject(new DOMException("", "NotAllowedError"));
            navigator.mediaDevices.getUserMedia = denied;
        }"""
    )
    page.get_by_role("button", name="Camera").click()

    expect(page.locator("#source-trouble")).to_contain_text("The camera was not allowed.")


def test_a_phone_is_drawn_on_by_finger_and_shows_the_answer_without_scrolling(open_page):
    page = open_page(**PHONE)
    sheet = page.locator("#surface").bounding_box()
    wire = page.context.new_cdp_session(page)
    for at in range(11):
        point = {"x": sheet["x"] + sheet["width"] / 2, "y": sheet["y"] + sheet["height"] * (0.15 + at * 0.07)}
        kind = "touchStart" if at == 0 else "touchMove"
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    expect_digit(page, 1)
    expect(page.locator("#digit")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_speaks_the_browsers_language_until_told_otherwise(open_page):
    page = open_page(locale="zh-CN")

    expect(page.locator("#hint")).to_have_text("写一个数字")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#hint")).to_have_text("Draw a digit")
    page.reload()
    expect(page.locator("#hint")).to_have_text("Draw a digit")


def test_the_theme_is_chosen_by_hand(page):
    for theme in ("light", "dark"):
        page.locator("#theme").click()
        expect(page.locator("html")).to_have_attribute("data-theme", theme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_axe_finds_nothing_serious(open_page, scheme, locale):
    page = open_page(color_scheme=scheme, locale=locale)
    page.locator("#files").set_input_files([IMAGES / "seven.png", IMAGES / "number.png"])
    expect(page.locator("#seen")).to_have_class(re.compile("known"))
    page.wait_for_timeout(400)  # what fades in is no finding

    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious] == []


def test_shows_the_model_that_answers(page):
    expect(page.locator("#model")).to_contain_text("LiteRT")
    expect(page.locator("#model")).to_contain_text(re.compile(r"99\.\d+%"))
