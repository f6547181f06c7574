// The sheet that is drawn on, with mouse, pen or finger; keyboard.js adds the keys.

import { finish, paint, repaint } from "./brush.js";
import { $ } from "./dom.js";
import { SIDE, Strokes } from "./strokes.js";

const ERASER_END = 32; // of PointerEvent.buttons: the pen was turned around

export class Surface {
  strokes = new Strokes();
  width = 20;
  erases = false;
  #canvas = $("surface");
  #context = this.#canvas.getContext("2d");
  #pointer = null;
  #stroke = null;
  #listeners;

  /** @param listeners `changed` while a stroke is drawn, `settled` when the drawing is whole. */
  constructor(listeners) {
    this.#listeners = listeners;
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, (event) => event.pointerId === this.#pointer && this.lift());
    }
    new ResizeObserver(() => this.#fit()).observe(canvas);
  }

  /** Puts the pen down at `[x, y, pressure]`. */
  press(point, { erases = this.erases, width = this.width } = {}) {
    this.#stroke = this.strokes.begin(erases ? width * 1.6 : width, erases);
    this.drag([point]);
  }

  /** Moves the pen through points. */
  drag(points) {
    const from = this.#stroke.points.length;
    this.#stroke.points.push(...points);
    paint(this.#context, this.#stroke, this.#ink, from);
    this.#listeners.changed();
  }

  /** Lifts the pen. */
  lift() {
    if (!this.#stroke) return;
    finish(this.#context, this.#stroke, this.#ink);
    this.#stroke = this.#pointer = null;
    this.#listeners.settled();
  }

  get isDrawing() {
    return this.#stroke !== null;
  }

  undo() {
    this.#change(() => this.strokes.undo());
  }

  redo() {
    this.#change(() => this.strokes.redo());
  }

  clear() {
    this.#change(() => this.strokes.clear());
  }

  /** Draws all anew, in the theme's ink. */
  refresh() {
    repaint(this.#context, this.strokes.visible, this.#ink);
  }

  #change(how) {
    this.lift();
    how();
    this.refresh();
    this.#listeners.settled();
  }

  get #ink() {
    return getComputedStyle(this.#canvas).color;
  }

  #fit() {
    const pixels = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (pixels === 0 || pixels === this.#canvas.width) return;
    this.#canvas.width = this.#canvas.height = pixels;
    this.#context.scale(pixels / SIDE, pixels / SIDE);
    this.refresh();
  }

  #down(event) {
    const erases = this.erases || (event.buttons & ERASER_END) !== 0;
    if (this.#pointer !== null || (event.button !== 0 && !erases)) return;
    this.lift(); // what the keyboard began
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.press(this.#point(event), { erases });
  }

  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.drag((events.length ? events : [event]).map((each) => this.#point(each)));
  }

  #point(event) {
    const sheet = this.#canvas.getBoundingClientRect();
    const scale = SIDE / sheet.width;
    const pressure = event.pointerType === "pen" ? event.pressure : 0.5;
    return [(event.clientX - sheet.left) * scale, (event.clientY - sheet.top) * scale, pressure];
  }
}
