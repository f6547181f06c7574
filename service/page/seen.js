// The 28 x 28 pixels that the model got, and how much each of them counted: beside the answer and on the input.

import { $, make } from "./dom.js";
import { showHeat } from "./heat.js";
import { colors, grays, tinted } from "./pixels.js";

const FAINT = 0.25; // ink below what counted
const HEAT = 0.8; // what counted most, so that the ink below it stays to be seen

let last = null;
let calls = 0;

function fill(canvas, layers) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const { color, of, strength } of layers) {
    context.globalAlpha = strength;
    context.drawImage(tinted(of.values, of.width, color), 0, 0);
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
  const { ink, accent } = colors($("seen"));
  fill($("got"), [{ color: ink, of: last.image, strength: 1 }]);
  fill($("counted"), [
    { color: ink, of: last.image, strength: FAINT },
    { color: accent, of: last.saliency, strength: 1 },
  ]);
  const { width, height } = last.saliency;
  const heat = fill(make("canvas", { width, height }), [{ color: accent, of: last.saliency, strength: HEAT }]);
  showHeat(heat.toDataURL(), last.area, last.size);
}

/** Shows an explanation of an input of `size` [width, height], or that there is none. */
export async function showSeen(explanation, size) {
  const call = ++calls;
  const given = explanation && {
    image: await grays(explanation.image),
    saliency: await grays(explanation.saliency),
    area: explanation.area,
    size,
  };
  if (call !== calls) return; // something else is shown by now
  last = given || null;
  $("inside").hash = explanation ? explanation.image.split(",")[1] : ""; // where network.js takes it from
  redrawSeen();
}
