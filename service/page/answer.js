// The answer in words and bars.

import { showBars } from "./bars.js";
import { $ } from "./dom.js";
import { number, onLanguage, say } from "./language.js";
import { showSeen } from "./seen.js";
import { Trouble } from "./trouble.js";

const SURE = 0.9;
const LIKELY = 0.6;
const ANNOUNCE_AFTER_MS = 600;

const NOTHING = { state: "empty" };

export class Answer {
  #outcome = NOTHING;
  #trouble = new Trouble($("trouble"));
  #announcing = null;

  constructor() {
    onLanguage(() => this.#render());
  }

  /** Shows an outcome of `recognize`, or an empty answer. */
  show(outcome = NOTHING) {
    this.#trouble.clear();
    this.#set(outcome);
  }

  /** Tells people who do not see the page, once the answer has come to rest. */
  announce() {
    clearTimeout(this.#announcing);
    this.#announcing = setTimeout(() => {
      $("announcer").textContent = $("sentence").textContent;
    }, ANNOUNCE_AFTER_MS);
  }

  /** Says why there is no answer. */
  fail(problem, retry) {
    this.#set({ state: "failed" });
    this.#trouble.show(problem, retry);
  }

  /** Says why the answer that is shown has no reasons. */
  failToExplain(problem, retry) {
    showSeen(null);
    this.#trouble.show(problem, retry);
  }

  #set(outcome) {
    this.#outcome = outcome;
    if (outcome.state !== "digit") showSeen(null);
    this.#render();
  }

  #render() {
    const outcome = this.#outcome;
    const { big, words, rows, state } = VIEWS[outcome.state](outcome);
    $("answer").dataset.state = state ?? outcome.state;
    $("digit").textContent = big;
    $("digit").dataset.long = big.length > 1 ? (big.length > 4 ? "very" : "yes") : "";
    $("sentence").textContent = words;
    $("latency").textContent = outcome.ms ? say("latency", { ms: number(Math.max(Math.round(outcome.ms), 1)) }) : "";
    showBars($("bars"), rows);
  }
}

const flat = () => Array.from({ length: 10 }, (_, digit) => ({ label: digit, fraction: 0 }));

const VIEWS = {
  empty: () => ({ big: "", words: say("empty"), rows: flat() }),
  blank: () => ({ big: "", words: say("blank"), rows: flat() }),
  failed: () => ({ big: "", words: "", rows: flat() }),
  digit: ({ prediction }) => {
    const rows = prediction.probabilities.map((fraction, label) => ({ label, fraction }));
    rows[prediction.digit].best = true;
    if (!prediction.is_digit) return { big: "–", words: say("no-digit"), rows, state: "none" };
    const [first, second] = rows.toSorted((a, b) => b.fraction - a.fraction);
    const key = first.fraction >= SURE ? "sure" : first.fraction >= LIKELY ? "likely" : "unsure";
    return { big: `${first.label}`, words: say(key, { digit: first.label, other: second.label }), rows };
  },
  number: ({ reading }) => {
    if (!reading.text) return { big: "–", words: say("no-digit"), rows: flat(), state: "none" };
    const rows = reading.digits.map((each) => ({ label: each.digit, fraction: each.confidence, best: true }));
    return { big: reading.text, words: say("several", { count: number(rows.length) }), rows };
  },
};
