// What went wrong, in words, beside what caused it, with a way to try again.

import { make } from "./dom.js";
import { useKey } from "./api.js";
import { knows, onLanguage, say } from "./language.js";

const PASSING = new Set(["not-ready", "overloaded", "rate-limited"]);

/** After how many milliseconds a problem that passes by itself may have passed; null of one that does not. */
export const passesAfterMs = ({ code, retryAfterS }) => (PASSING.has(code) ? (retryAfterS ?? 1) * 1000 : null);

/** A problem in the page's language; in the service's own words where the page has none. */
export function describe(problem) {
  const key = `problem-${problem.code}`;
  return knows(key) ? say(key) : problem.detail || say("problem-unknown");
}

const isSame = (problem, other) =>
  ["code", "detail", "retryAfterS"].every((each) => problem[each] === other[each]);

export class Trouble {
  #place;
  #problem = null;
  #retry = null;
  #timer = null;

  constructor(place) {
    this.#place = place;
    place.className = "trouble";
    place.setAttribute("role", "alert");
    place.hidden = true;
    onLanguage(() => this.#problem && this.#render());
    addEventListener("online", () => this.#problem?.code === "unreachable" && this.#again());
  }

  /**
   * The same problem once more leaves what stands there, where somebody may be typing a key.
   *
   * @param retry What to do again, or nothing.
   */
  show(problem, retry) {
    if (!problem.code) throw problem; // a bug of the page, no answer of the service
    clearTimeout(this.#timer);
    const before = this.#problem;
    this.#problem = problem;
    this.#retry = retry;
    if (!before || !isSame(problem, before)) this.#render();
    const wait = passesAfterMs(problem);
    if (retry && wait !== null) this.#timer = setTimeout(() => this.#again(), wait);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#problem = null;
    this.#place.hidden = true;
    this.#place.replaceChildren();
  }

  #again() {
    const retry = this.#retry;
    this.clear();
    retry?.();
  }

  #render() {
    const parts = [make("p", {}, describe(this.#problem))];
    const wait = this.#problem.retryAfterS;
    if (passesAfterMs(this.#problem) !== null && wait) parts.push(make("p", {}, say("again-in", { seconds: wait })));
    if (this.#problem.code === "unauthorized") parts.push(this.#keyForm());
    else if (this.#retry) parts.push(this.#button(say("retry"), () => this.#again()));
    this.#place.replaceChildren(...parts);
    this.#place.hidden = false;
  }

  #button(words, action) {
    const button = make("button", { type: "button", className: "plain" }, words);
    button.addEventListener("click", action);
    return button;
  }

  #keyForm() {
    const input = make("input", { type: "password", autocomplete: "off" });
    const go = () => {
      useKey(input.value.trim());
      this.#again();
    };
    input.addEventListener("keydown", (event) => event.key === "Enter" && go());
    return make("p", {}, make("label", {}, `${say("key")} `, input), " ", this.#button(say("retry"), go));
  }
}
