// "It is a …": the right label, kept by the service only where its operator wants it and the person agrees.

import { correct, takeBack } from "./api.js";
import { $, make } from "./dom.js";
import { number, onLanguage, say } from "./language.js";
import { Trouble } from "./trouble.js";

/** How long a correction is kept; 0 where the service keeps none. */
const DAYS = Number(document.body.dataset.corrections);

const LABELS = [..."0123456789", "none"];

const name = (label) => (label === "none" ? say("no-digit-label") : label);

export class Correction {
  #place = $("correction");
  #summary = make("summary");
  #consent = make("p");
  #labels = make("div", { className: "labels", role: "group" });
  #said = make("p", { tabIndex: -1 });
  #back = make("button", { type: "button", className: "plain" });
  #troublePlace = make("div");
  #trouble = new Trouble(this.#troublePlace);
  #choice = make("details", {}, this.#summary, this.#consent, this.#labels);
  #about = null;
  #kept = null;

  constructor() {
    if (!DAYS) return;
    for (const label of LABELS) {
      const button = make("button", { type: "button", className: "plain" });
      button.addEventListener("click", () => this.#send(label));
      this.#labels.append(button);
    }
    this.#back.addEventListener("click", () => this.#takeBack());
    this.#place.append(this.#choice, this.#said, this.#back, this.#troublePlace);
    onLanguage(() => this.#render());
  }

  /** Lets people say what a picture is, if it was answered with one digit. */
  offer(picture, outcome) {
    this.#begin(outcome?.state === "digit" ? { picture, prediction: outcome.prediction } : null);
  }

  /** Asks no longer. */
  withdraw() {
    if (this.#about) this.#begin(null);
  }

  #begin(about) {
    if (!DAYS) return;
    this.#about = about;
    this.#kept = null;
    this.#choice.open = false;
    this.#trouble.clear();
    this.#render();
  }

  async #send(label) {
    await this.#try(() => this.#send(label), async (about) => {
      const kept = await correct(about.picture, { label, consent: true, ...answered(about.prediction) });
      return { ...kept, label };
    });
  }

  async #takeBack() {
    const kept = this.#kept;
    await this.#try(() => this.#takeBack(), async () => {
      await takeBack(kept);
      return { label: kept.label, gone: true };
    });
  }

  /** Does what has an outcome to show, unless the page shows another picture by then. */
  async #try(again, act) {
    const about = this.#about;
    this.#trouble.clear();
    this.#busy(true);
    try {
      const kept = await act(about);
      if (about !== this.#about) return;
      this.#kept = kept;
      this.#render();
      this.#said.focus();
    } catch (problem) {
      if (about === this.#about) this.#trouble.show(problem, again);
    } finally {
      this.#busy(false);
    }
  }

  #busy(is) {
    for (const button of [...this.#labels.children, this.#back]) button.disabled = is;
  }

  #render() {
    const kept = this.#kept;
    this.#place.hidden = !this.#about;
    this.#choice.hidden = kept !== null;
    this.#said.hidden = kept === null;
    this.#back.hidden = kept === null || kept.gone === true;
    this.#summary.textContent = say("correct");
    this.#consent.textContent = say("consent", { days: number(DAYS) });
    this.#labels.setAttribute("aria-label", say("correct-labels"));
    LABELS.forEach((label, at) => (this.#labels.children[at].textContent = name(label)));
    this.#back.textContent = say("take-back");
    if (kept) this.#said.textContent = say(kept.gone ? "taken-back" : "kept", { label: name(kept.label) });
  }
}

/** The answer that is corrected, in the words of the service's form. */
function answered(prediction) {
  const predicted = prediction.is_digit ? prediction.digit : "none";
  return { predicted, model_version: prediction.model.version, request_id: prediction.requestId };
}
