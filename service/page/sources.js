// Where pictures come from: the picker, a drop, a paste. camera.js is the fourth.

import { $ } from "./dom.js";

const pictures = (list) => [...(list ?? [])].filter((file) => file instanceof File);

/** Calls `take(files)` with what was given. */
export function startSources(take) {
  const give = (list) => {
    const files = pictures(list);
    if (files.length) take(files);
    return files.length > 0;
  };
  $("choose").addEventListener("click", () => $("files").click());
  for (const id of ["files", "capture"]) {
    $(id).addEventListener("change", () => {
      give($(id).files);
      $(id).value = ""; // so that the same picture can be chosen again
    });
  }
  addEventListener("paste", (event) => give(event.clipboardData?.files) && event.preventDefault());
  startDropping(give);
}

function startDropping(give) {
  const show = (visible) => ($("dropping").hidden = !visible);
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && show(false));
  addEventListener("drop", (event) => {
    show(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    give(event.dataTransfer.files);
  });
}
