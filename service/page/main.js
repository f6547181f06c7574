// The page, put together.

import { Answer } from "./answer.js";
import { explain, recognize } from "./api.js";
import { toPicture } from "./brush.js";
import { showCall, startCall } from "./call.js";
import { startCamera } from "./camera.js";
import { startCard } from "./card.js";
import { Correction } from "./corrections.js";
import { $ } from "./dom.js";
import { showHeat, startHeat } from "./heat.js";
import { startKeyboard } from "./keyboard.js";
import { startLanguage } from "./language.js";
import { Live } from "./live.js";
import { startSamples } from "./replay.js";
import { redrawSeen, showSeen } from "./seen.js";
import { showBoxes, showDrawing, showPicture, sizeOfShown } from "./sheet.js";
import { startSources } from "./sources.js";
import { SIDE } from "./strokes.js";
import { Surface } from "./surface.js";
import { startTheme } from "./theme.js";
import { showTools, startTools } from "./tools.js";
import { Tray } from "./tray.js";

startLanguage();
const answer = new Answer();
const correction = new Correction();
const live = new Live(askForDrawing, (problem) => answer.fail(problem, () => live.settled()));
const surface = new Surface({ changed, settled });
const tray = new Tray(show);

async function askForDrawing(signal, whole) {
  if (surface.strokes.isBlank) {
    answer.show();
    showBoxes([]);
    return;
  }
  const picture = await toPicture(surface.strokes.visible);
  const outcome = await recognize(picture, signal);
  signal.throwIfAborted();
  answer.show(outcome);
  showBoxes(outcome.reading?.digits ?? [], SIDE, SIDE);
  if (!whole) return;
  showCall({ name: picture.name, state: outcome.state, picture });
  answer.announce();
  correction.offer(picture, outcome);
  if (outcome.state === "digit") await explainTo(picture, [SIDE, SIDE]);
}

let explaining = new AbortController();

/** Shows what of a picture counted, until `explaining` is aborted because something else is shown. */
async function explainTo(picture, size) {
  explaining.abort();
  explaining = new AbortController();
  const { signal } = explaining;
  try {
    const explanation = await explain(picture, signal);
    signal.throwIfAborted();
    await showSeen(explanation, size);
  } catch (problem) {
    const again = () => !signal.aborted && explainTo(picture, size);
    if (!signal.aborted) answer.failToExplain(problem, again);
  }
}

function changed() {
  explaining.abort();
  correction.withdraw();
  $("hint").hidden = true;
  showHeat(null); // it would lie beside the stroke
  live.changed();
}

function settled() {
  explaining.abort();
  correction.withdraw();
  showTools(surface.strokes);
  live.settled();
}

/** Shows one of the tray's pictures with what is known of it; null shows the drawing. */
async function show(item) {
  live.drop();
  explaining.abort();
  correction.withdraw();
  if (item === null) {
    showDrawing();
    live.settled();
    return;
  }
  const shown = (explaining = new AbortController());
  showPicture(item.url, item.file.name);
  showCall({ name: item.file.name, state: item.outcome?.state });
  if (item.problem) {
    answer.fail(item.problem, () => tray.retry(item));
    return;
  }
  answer.show(item.outcome);
  if (!item.outcome) return;
  answer.announce();
  correction.offer(item.file, item.outcome);
  const size = await sizeOfShown();
  if (shown.signal.aborted) return;
  showBoxes(item.outcome.reading?.digits ?? [], ...size);
  if (item.outcome.state !== "digit") return;
  await explainTo(item.file, size);
}

function draw() {
  if ($("sheet").dataset.shows === "picture") tray.select(null);
}

const take = (files) => tray.add(files);
startSources(take);
startCamera(take);
startKeyboard(surface);
startSamples(surface, () => {
  draw();
  $("sheet").scrollIntoView({ block: "nearest" });
});
startTools(surface, draw);
startCall();
startHeat();
startCard();
startTheme(() => {
  surface.refresh();
  redrawSeen();
});
$("leave").addEventListener("click", () => {
  draw();
  $("surface").focus({ preventScroll: true });
});
