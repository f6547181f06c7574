// What went wrong, in words, beside what caused it, with a way to try again.

import { make } from "./dom.js";
import { useKey } from "./api.js";
import { knows, onLanguage, say } from "./language.js";

/** Problems that pass by themselves: tried again without being asked. */
const PASSING = new Set(["not-ready", "overloaded", "rate-limited"]);

/** A problem in the page's language; in the service's own words where the page has none. */
export function describe(problem) {
  const key = `problem-${problem.code}`;
  return knows(key) ? say(key) : problem.detail || say("problem-unknown");
}

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

  /** @param retry What to do again, or nothing. */
  show(problem, retry) {
    this.clear();
    if (!problem.code) throw problem; // a bug of the page, no answer of the service
    this.#problem = problem;
    this.#retry = retry;
    this.#render();
    if (retry && PASSING.has(problem.code)) {
      this.#timer = setTimeout(() => this.#again(), (problem.retryAfterS ?? 1) * 1000);
    }
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
    if (PASSING.has(this.#problem.code) && wait) parts.push(make("p", {}, say("again-in", { seconds: wait })));
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
