// The model that answers: its name, version, engine and accuracy.

import { model } from "./api.js";
import { $, make } from "./dom.js";
import { number, onLanguage, say } from "./language.js";

let card = null;

const share = (fraction) => number(fraction, { style: "percent", maximumFractionDigits: 2 });

function rows() {
  const { test_accuracy: accuracy, test_ece: gap, written_accuracy: written, none_refused: none } = card.metrics ?? {};
  return {
    "model-name": say("model-version", { name: card.name, version: card.version }),
    "model-engine": { litert: "LiteRT", tensorflow: "TensorFlow" }[card.engine] ?? card.engine,
    "model-weights": card.weights && number(card.weights),
    "model-accuracy": accuracy && share(accuracy),
    "model-gap": gap && share(gap),
    "model-written": written && share(written),
    "model-none": none && share(none),
  };
}

function render() {
  if (card === null) return;
  const known = Object.entries(rows()).filter(([, value]) => value);
  $("model").replaceChildren(
    ...known.map(([key, value]) => make("div", {}, make("dt", {}, say(key)), make("dd", {}, value))),
  );
}

/** Shows the model as soon as there is one. */
export async function startCard() {
  onLanguage(render);
  for (;;) {
    try {
      card = await model();
      render();
      return;
    } catch (problem) {
      if (!problem.code) throw problem;
      await new Promise((resolve) => setTimeout(resolve, (problem.retryAfterS ?? 3) * 1000));
    }
  }
}
