// The 28 x 28 pixels that the model got, and how much each of them counted.

import { $ } from "./dom.js";

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
}

/** Draws it again, in the theme's colors. */
export function redrawSeen() {
  $("seen").classList.toggle("known", last !== null);
  if (last === null) return;
  const style = getComputedStyle($("seen"));
  const [ink, accent] = [style.color, style.getPropertyValue("accent-color")];
  fill($("got"), [{ color: ink, pixels: last.image, strength: 1 }]);
  fill($("counted"), [
    { color: ink, pixels: last.image, strength: 0.25 },
    { color: accent, pixels: last.saliency, strength: 1 },
  ]);
}

/** Shows an explanation, or that there is none. */
export async function showSeen(explanation) {
  const given = explanation && {
    image: await grays(explanation.image),
    saliency: await grays(explanation.saliency),
  };
  last = given || null;
  redrawSeen();
}
