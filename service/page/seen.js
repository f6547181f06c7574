// The 28 x 28 pixels that the model got, and how much each of them counted: beside the answer and on the input.

import { $, make } from "./dom.js";
import { showHeat } from "./heat.js";

const HEAT = 0.8; // of what counted most, so that the ink below it stays to be seen

let last = null;

async function grays(uri) {
  const image = new Image();
  image.src = uri;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height).data;
}

function fill(canvas, layers) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const { color, pixels, strength } of layers) {
    context.fillStyle = color;
    for (let i = 0; i < pixels.length; i += 4) {
      context.globalAlpha = (pixels[i] / 255) * strength;
      const at = i / 4;
      if (pixels[i]) context.fillRect(at % canvas.width, Math.floor(at / canvas.width), 1, 1);
    }
  }
  return canvas;
}

/** Draws it again, in the theme's colors. */
export function redrawSeen() {
  $("seen").classList.toggle("known", last !== null);
  if (last === null) {
    showHeat(null);
    return;
  }
  const style = getComputedStyle($("seen"));
  const [ink, accent] = [style.color, style.getPropertyValue("accent-color")];
  fill($("got"), [{ color: ink, pixels: last.image, strength: 1 }]);
  fill($("counted"), [
    { color: ink, pixels: last.image, strength: 0.25 },
    { color: accent, pixels: last.saliency, strength: 1 },
  ]);
  const { width, height } = $("counted");
  const heat = fill(make("canvas", { width, height }), [{ color: accent, pixels: last.saliency, strength: HEAT }]);
  showHeat(heat.toDataURL(), last.area, last.size);
}

/** Shows an explanation of an input of `size` [width, height], or that there is none. */
export async function showSeen(explanation, size) {
  const given = explanation && {
    image: await grays(explanation.image),
    saliency: await grays(explanation.saliency),
    area: explanation.area,
    size,
  };
  last = given || null;
  redrawSeen();
}
