// The pen's tools: its width, the eraser, and what takes strokes back.

import { $ } from "./dom.js";

/** Lets the tools work. `begin` is called before what is on the sheet changes. */
export function startTools(surface, begin = () => {}) {
  $("width").addEventListener("input", (event) => (surface.width = event.target.valueAsNumber));
  $("erase").addEventListener("click", () => {
    surface.erases = !surface.erases;
    $("erase").setAttribute("aria-pressed", surface.erases);
  });
  for (const [id, act] of [["back", "undo"], ["forth", "redo"], ["empty", "clear"]]) {
    $(id).addEventListener("click", () => {
      begin();
      surface[act]();
    });
  }
}

/** Shows which of them can be used on a drawing at rest. */
export function showTools(strokes) {
  $("hint").hidden = !strokes.isBlank;
  $("back").disabled = !strokes.canUndo;
  $("forth").disabled = !strokes.canRedo;
  $("empty").disabled = strokes.isBlank;
}
