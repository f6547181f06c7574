// Draws strokes: smooth, round, and as wide as the pen was pressed.

import { SIDE } from "./strokes.js";

const half = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

const thickness = (stroke, pressure) => stroke.width * (0.4 + 1.2 * pressure);

/** Draws a stroke from its point `from` on, as curves from midpoint to midpoint. */
export function paint(context, stroke, color, from = 0) {
  const points = stroke.points;
  context.globalCompositeOperation = stroke.erases ? "destination-out" : "source-over";
  context.strokeStyle = color;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (let i = Math.max(from, 0); i < points.length; i += 1) {
    const [before, here] = [points[Math.max(i - 1, 0)], points[i]];
    const start = i > 1 ? half(points[i - 2], before) : before;
    context.lineWidth = thickness(stroke, (before[2] + here[2]) / 2);
    context.beginPath();
    context.moveTo(start[0], start[1]);
    context.quadraticCurveTo(before[0], before[1], ...half(before, here));
    context.stroke();
  }
}

/** Draws the rest of an ended stroke: from the last midpoint to where the pen was lifted. */
export function finish(context, stroke, color) {
  const [before, last] = stroke.points.slice(-2);
  if (last) paint(context, { ...stroke, points: [half(before, last).concat(last[2]), last, last] }, color);
}

/** Draws all strokes on an emptied canvas. */
export function repaint(context, strokes, color) {
  context.clearRect(0, 0, SIDE, SIDE);
  for (const stroke of strokes) {
    paint(context, stroke, color);
    finish(context, stroke, color);
  }
}

const picture = document.createElement("canvas");
picture.width = picture.height = SIDE;

/** The strokes as a PNG, black on white, whatever the theme. */
export function toPicture(strokes) {
  const context = picture.getContext("2d", { willReadFrequently: true });
  repaint(context, strokes, "#000");
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  return new Promise((resolve) => {
    picture.toBlob((blob) => resolve(new File([blob], "drawing.png", { type: "image/png" })), "image/png");
  });
}
