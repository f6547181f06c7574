// What a layer makes of a digit, drawn as tiles: one for each of its channels or units.

import { colors, tinted } from "./pixels.js";

const LEAST_PX = 24; // of a tile, so that the gap beside it is finer than its pixels

/** How many stand beside one another: what fills few rows and a phone's width. */
const beside = (count) => (count > 64 ? 32 : count > 32 ? 16 : count > 16 ? 8 : count);

/** A layer's shape as tiles: units are tiles of one pixel. */
export function tilesOf({ shape }) {
  const [rows, columns] = shape.length === 3 ? shape : [1, 1];
  const count = shape.at(-1);
  return { count, rows, columns, across: beside(count) };
}

/** How strong a layer's values are, 0 to 255: those above 0, and those below it. */
function strengths({ low, high }, grays) {
  const most = Math.max(-low, high) || 1;
  const values = Array.from(grays, (gray) => (low + (gray / 255) * (high - low)) / most);
  return [1, -1].map((sign) => Uint8ClampedArray.from(values, (value) => 255 * Math.max(0, sign * value)));
}

/** Draws a layer's tiles, and on them what it answered: above 0 in the accent's color, below in the ink's. */
export function drawTiles(canvas, layer, answer) {
  const { count, rows, columns, across } = tilesOf(layer);
  const scale = Math.max(1, Math.ceil(LEAST_PX / Math.max(rows, columns)));
  const [width, height] = [columns * scale, rows * scale];
  const gap = Math.round(width / 12);
  const { ink, accent, paper } = colors(canvas);
  const inks = answer
    ? strengths(answer, answer.gray.values).map((alphas, at) => tinted(alphas, columns, [accent, ink][at]))
    : [];
  canvas.width = across * (width + gap) - gap;
  canvas.height = Math.ceil(count / across) * (height + gap) - gap;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.fillStyle = paper;
  for (let at = 0; at < count; at += 1) {
    const [x, y] = [(at % across) * (width + gap), Math.floor(at / across) * (height + gap)];
    context.fillRect(x, y, width, height);
    for (const each of inks) context.drawImage(each, 0, at * rows, columns, rows, x, y, width, height);
  }
}
