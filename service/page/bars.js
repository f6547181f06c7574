// Rows of a label, a bar and its share.

import { make } from "./dom.js";
import { percent } from "./language.js";

function bar() {
  const row = make("li");
  row.append(make("b"), make("span", { className: "track" }, make("i")), make("span", { className: "percent" }));
  return row;
}

/** Shows rows `{ label, fraction, best }` in a list, reusing those that are there, so that they glide. */
export function showBars(list, rows) {
  while (list.children.length < rows.length) list.append(bar());
  while (list.children.length > rows.length) list.lastChild.remove();
  rows.forEach(({ label, fraction, best }, at) => {
    const [name, track, share] = list.children[at].children;
    list.children[at].className = best ? "best" : "";
    name.textContent = label;
    track.firstChild.style.transform = `scaleX(${fraction})`;
    share.textContent = percent(fraction);
  });
}
