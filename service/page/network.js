// The page that shows the network from inside, put together.

import { look, structure } from "./api.js";
import { toPicture } from "./brush.js";
import { startCard } from "./card.js";
import { $ } from "./dom.js";
import { startKeyboard } from "./keyboard.js";
import { onLanguage, say, startLanguage } from "./language.js";
import { Layers } from "./layers.js";
import { Live } from "./live.js";
import { replay, startSamples } from "./replay.js";
import { Surface } from "./surface.js";
import { startTheme } from "./theme.js";
import { showTools, startTools } from "./tools.js";
import { Trouble } from "./trouble.js";

const FIRST = 3; // what is drawn where nothing was brought along

startLanguage();
const layers = new Layers();
const trouble = new Trouble($("trouble"));
const live = new Live(ask, (problem) => trouble.show(problem, () => live.settled()));
const surface = new Surface({ changed, settled });
let brought = takeAlong();
let answer = null;
let described = false; // whether the layers are there

/** What the other page handed over behind the address's #: the picture that the model got, or nothing. */
function takeAlong() {
  try {
    const bytes = Uint8Array.from(atob(location.hash.slice(1)), (letter) => letter.charCodeAt(0));
    return bytes.length ? new File([bytes], "digit.png", { type: "image/png" }) : null;
  } catch {
    return null; // this is no such address
  }
}

async function ask(signal, whole) {
  if (!whole && surface.strokes.isBlank) return;
  const picture = surface.strokes.isBlank ? brought : await toPicture(surface.strokes.visible);
  if (!described) await describe();
  const found = picture && (await look(picture, signal));
  signal.throwIfAborted();
  trouble.clear();
  answer = found;
  await layers.show(answer);
  tell();
  if (whole && answer) $("announcer").textContent = $("sentence").textContent;
}

function tell() {
  const best = answer ? answer.probabilities.indexOf(Math.max(...answer.probabilities)) : null;
  $("sentence").textContent = answer ? say("network-answer", { digit: best }) : say("network-empty");
}

function changed() {
  $("hint").hidden = true;
  live.changed();
}

function settled() {
  if (!surface.strokes.isBlank) brought = null;
  showTools(surface.strokes);
  live.settled();
}

async function describe() {
  layers.describe((await structure()).layers);
  described = true;
}

async function begin() {
  try {
    await describe();
  } catch (problem) {
    trouble.show(problem, begin);
    return;
  }
  if (!brought && surface.strokes.isBlank) replay(surface, FIRST);
  else live.settled();
}

onLanguage(tell);
startKeyboard(surface);
startTools(surface);
startSamples(surface, () => $("sheet").scrollIntoView({ block: "nearest" }));
startCard();
startTheme(() => {
  surface.refresh();
  layers.redraw();
});
addEventListener("hashchange", () => {
  brought = takeAlong();
  surface.clear();
});
begin();
