// A drawing as its strokes, so that any of them can be taken back.

/** Side of the drawing, in the units of its points, and of the picture that is sent, in pixels. */
export const SIDE = 280;

/** Strokes `{ width, erases, points: [[x, y, pressure]…] }`, done and undone. Pressure 0.5 is normal. */
export class Strokes {
  #done = [];
  #undone = [];

  begin(width, erases) {
    const stroke = { width, erases, points: [] };
    this.#done.push(stroke);
    this.#undone = [];
    return stroke;
  }

  undo() {
    if (this.canUndo) this.#undone.push(this.#done.pop());
  }

  redo() {
    if (this.canRedo) this.#done.push(this.#undone.pop());
  }

  /** Empties the sheet; that can be undone too. */
  clear() {
    if (this.isBlank) return;
    this.#done.push({ clears: true, points: [] });
    this.#undone = [];
  }

  /** What is to be drawn, from the last time that the sheet was emptied. */
  get visible() {
    return this.#done.slice(this.#done.findLastIndex((stroke) => stroke.clears) + 1);
  }

  get isBlank() {
    return this.visible.length === 0;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }
}
