// Drawing with keys: arrows move a cursor, Space puts the pen down and lifts it.

import { $ } from "./dom.js";
import { SIDE } from "./strokes.js";

const STEP = SIDE / 28;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function startKeyboard(surface) {
  const [canvas, cursor] = [$("surface"), $("cursor")];
  let [x, y] = [SIDE / 2, SIDE / 4];

  const show = () => {
    cursor.hidden = !canvas.matches(":focus-visible");
    cursor.style.left = `${(x / SIDE) * 100}%`;
    cursor.style.top = `${(y / SIDE) * 100}%`;
    cursor.classList.toggle("down", surface.isDrawing);
  };
  const move = ([dx, dy], step) => {
    const within = (value) => Math.min(Math.max(value, STEP), SIDE - STEP);
    [x, y] = [within(x + dx * step), within(y + dy * step)];
    if (surface.isDrawing) surface.drag([[x, y, 0.5]]);
  };
  const toggle = () => (surface.isDrawing ? surface.lift() : surface.press([x, y, 0.5]));

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) move(ARROWS[event.key], event.shiftKey ? STEP / 4 : STEP);
    else if (event.key === " ") toggle();
    else if (event.key === "Escape") surface.lift();
    else if (event.key === "Delete" || event.key === "Backspace") surface.clear();
    else if (event.key === "e" || event.key === "E") $("erase").click();
    else return;
    event.preventDefault();
    show();
  });
  canvas.addEventListener("focus", show);
  canvas.addEventListener("pointerdown", () => (cursor.hidden = true));
  canvas.addEventListener("blur", () => {
    surface.lift();
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input:not([type=range]), textarea")) return;
    const name = event.key.toLowerCase();
    if (name === "z") (event.shiftKey ? $("forth") : $("back")).click();
    else if (name === "y") $("forth").click();
    else return;
    event.preventDefault();
  });
}
