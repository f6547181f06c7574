// The answer in words and bars.

import { $, make } from "./dom.js";
import { number, onLanguage, percent, say } from "./language.js";
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
    for (let digit = 0; digit < 10; digit += 1) $("bars").append(bar());
    onLanguage(() => this.#render());
  }

  /** Shows an outcome of `recognize`, or an empty answer. */
  show(outcome = NOTHING) {
    this.#outcome = outcome;
    this.#trouble.clear();
    if (outcome.state !== "digit") showSeen(null);
    this.#render();
  }

  /** Tells people who do not see the page, once the answer has come to rest. */
  announce() {
    clearTimeout(this.#announcing);
    this.#announcing = setTimeout(() => {
      $("announcer").textContent = $("sentence").textContent;
    }, ANNOUNCE_AFTER_MS);
  }

  fail(problem, retry) {
    this.show({ state: "failed" });
    this.#trouble.show(problem, retry);
  }

  #render() {
    const outcome = this.#outcome;
    const { big, words, rows, state } = VIEWS[outcome.state](outcome);
    $("answer").dataset.state = state ?? outcome.state;
    $("digit").textContent = big;
    $("digit").dataset.long = big.length > 1 ? (big.length > 4 ? "very" : "yes") : "";
    $("sentence").textContent = words;
    $("latency").textContent = outcome.ms ? say("latency", { ms: number(Math.max(Math.round(outcome.ms), 1)) }) : "";
    showBars(rows);
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

function bar() {
  const row = make("li");
  row.append(make("b"), make("span", { className: "track" }, make("i")), make("span", { className: "percent" }));
  return row;
}

/** Shows rows `{ label, fraction, best }`. */
function showBars(rows) {
  const bars = $("bars");
  while (bars.children.length < rows.length) bars.append(bar());
  while (bars.children.length > rows.length) bars.lastChild.remove();
  rows.forEach(({ label, fraction, best }, at) => {
    const [name, track, share] = bars.children[at].children;
    bars.children[at].className = best ? "best" : "";
    name.textContent = label;
    track.firstChild.style.transform = `scaleX(${fraction})`;
    share.textContent = percent(fraction);
  });
}
