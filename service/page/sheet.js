// What lies on the sheet: the drawing or a picture, and boxes around what was read.

import { $, draw } from "./dom.js";

/** Shows a picture in place of the drawing. */
export function showPicture(url, name) {
  const image = $("shown");
  $("sheet").dataset.shows = "picture";
  $("boxes").replaceChildren();
  image.src = url;
  image.alt = name;
  image.hidden = $("leave").hidden = false;
}

/** Shows the drawing again. */
export function showDrawing() {
  $("sheet").dataset.shows = "drawing";
  $("boxes").replaceChildren();
  $("shown").hidden = $("leave").hidden = true;
}

/** Draws boxes `{ digit, box }` on a picture of `width` x `height` pixels; none takes them off. */
export function showBoxes(digits, width, height) {
  const boxes = $("boxes");
  boxes.replaceChildren();
  if (!digits.length || !width) return;
  boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const size = Math.max(width, height) / 22;
  for (const { digit, box } of digits) {
    const pad = size / 6;
    const [x, y] = [box.left - pad, box.top - pad];
    boxes.append(draw("rect", { x, y, width: box.width + 2 * pad, height: box.height + 2 * pad, rx: pad }));
    const label = draw("text", { x: x + pad / 2, y: y - pad, "font-size": size });
    label.textContent = digit;
    boxes.append(label);
  }
}

/** The picture's size in pixels, upright, once the browser knows it; 0 x 0 where it cannot show it. */
export async function sizeOfShown() {
  const image = $("shown");
  await image.decode().catch(() => {});
  return [image.naturalWidth, image.naturalHeight];
}
