// Buttons that draw a sample, stroke by stroke, as a hand would.

import { $, draw, make } from "./dom.js";
import { onLanguage, say } from "./language.js";
import { SAMPLES, trace } from "./samples.js";
import { SIDE } from "./strokes.js";

const POINTS_PER_FRAME = 3;

let running = 0;

const frame = () => new Promise(requestAnimationFrame);

/** Draws a sample on an emptied sheet; at once for who wants nothing to move. */
export async function replay(surface, digit) {
  const mine = ++running;
  const atOnce = matchMedia("(prefers-reduced-motion: reduce)").matches;
  surface.clear();
  for (const numbers of SAMPLES[digit]) {
    const points = trace(numbers, SIDE).map(([x, y]) => [x, y, 0.5]);
    surface.press(points[0], { erases: false });
    for (let i = 1; i < points.length; i += POINTS_PER_FRAME) {
      if (!atOnce) await frame();
      if (mine !== running) return;
      surface.drag(points.slice(i, i + POINTS_PER_FRAME));
    }
    surface.lift();
  }
}

function icon(digit) {
  const svg = draw("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" });
  for (const numbers of SAMPLES[digit]) svg.append(draw("polyline", { points: trace(numbers, 100).join(" ") }));
  return svg;
}

/** Makes the buttons. `begin` is called before a sample is drawn. */
export function startSamples(surface, begin) {
  const buttons = SAMPLES.map((_, digit) => {
    const button = make("button", { type: "button" }, icon(digit));
    button.addEventListener("click", () => {
      begin();
      replay(surface, digit);
    });
    return button;
  });
  $("samples").append(...buttons);
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => (running += 1), { capture: true }); // a hand that acts goes first
  }
  onLanguage(() => {
    buttons.forEach((button, digit) => {
      button.title = say("sample", { digit });
      button.setAttribute("aria-label", button.title);
    });
  });
}
