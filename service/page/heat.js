// What of the input counted: a haze over the drawing or the picture, where the model's pixels came from.

import { $, draw } from "./dom.js";
import { keep, recall } from "./memory.js";

/**
 * Lays a picture of the digit image's pixels over what they were made of.
 *
 * @param url The picture, or nothing to take it off.
 * @param area Where it lies, in pixels of an input of `size` [width, height].
 */
export function showHeat(url, area, size) {
  const known = Boolean(url && size?.[0]);
  $("heat").replaceChildren();
  $("heat-switch").hidden = !known;
  if (!known) return;
  const { left: x, top: y, width, height } = area;
  $("heat").setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  $("heat").append(draw("image", { href: url, x, y, width, height, preserveAspectRatio: "none" }));
}

/** Lets the button show and hide it, from now on and the next time. */
export function startHeat() {
  const set = (shown) => {
    $("sheet").classList.toggle("cool", !shown);
    $("heat-switch").setAttribute("aria-pressed", shown);
  };
  set(recall("heat") !== "off");
  $("heat-switch").addEventListener("click", () => {
    const shown = $("sheet").classList.contains("cool");
    keep("heat", shown ? null : "off");
    set(shown);
  });
}
