// The pictures that were given, each with its own answer.

import { recognize } from "./api.js";
import { $, make } from "./dom.js";
import { onLanguage, say } from "./language.js";
import { describe, passesAfterMs } from "./trouble.js";

const AT_ONCE = 2;

export class Tray {
  #items = [];
  #waiting = [];
  #busy = 0;
  #selected = null;
  #onSelect;

  /** @param onSelect Called with the item that is to be shown, now or anew: it has its answer, or waits for it. */
  constructor(onSelect) {
    this.#onSelect = onSelect;
    $("tray-clear").addEventListener("click", () => this.#empty());
    onLanguage(() => this.#render());
  }

  /** Takes pictures in and shows the first of them. */
  add(files) {
    const items = files.map((file) => ({ file, url: URL.createObjectURL(file) }));
    this.#items.push(...items);
    this.#waiting.push(...items);
    this.select(items[0]);
    for (let i = 0; i < AT_ONCE; i += 1) this.#work();
  }

  /** Shows an item; null shows none of them. */
  select(item) {
    this.#selected = item;
    this.#render();
    this.#onSelect(item);
  }

  /** Asks for an item once more, if it still has a problem. */
  retry(item) {
    if (!item.problem || !this.#items.includes(item)) return;
    item.problem = null;
    this.#waiting.push(item);
    this.#render();
    this.#work();
  }

  async #work() {
    if (this.#busy >= AT_ONCE || !this.#waiting.length) return;
    const item = this.#waiting.shift();
    this.#busy += 1;
    try {
      item.outcome = await recognize(item.file);
    } catch (problem) {
      if (!problem.code) throw problem;
      item.problem = problem;
      const wait = passesAfterMs(problem);
      if (wait !== null) setTimeout(() => this.retry(item), wait);
    } finally {
      this.#busy -= 1;
    }
    this.#render();
    if (item === this.#selected) this.#onSelect(item);
    this.#work();
  }

  #empty() {
    for (const item of this.#items) URL.revokeObjectURL(item.url);
    this.#items = [];
    this.#waiting = [];
    this.select(null);
  }

  #render() {
    const focused = [...$("pictures").children].findIndex((card) => card.contains(document.activeElement));
    $("tray").hidden = this.#items.length === 0;
    $("pictures").replaceChildren(...this.#items.map((item) => this.#card(item)));
    $("pictures").children[focused]?.querySelector("button").focus();
  }

  #card(item) {
    const thumbnail = make("img", { src: item.url, alt: "" });
    thumbnail.addEventListener("error", () => (thumbnail.style.visibility = "hidden")); // a TIFF, or no picture
    const button = make("button", { type: "button" }, thumbnail, make("b", {}, short(item)), make("span", {}, item.file.name));
    button.setAttribute("aria-pressed", item === this.#selected);
    button.addEventListener("click", () => this.select(item));
    const card = make("li", {}, button);
    if (item.problem) {
      const retry = make("button", { type: "button", className: "plain" }, say("retry"));
      retry.setAttribute("aria-label", `${say("retry")}: ${item.file.name}`);
      retry.addEventListener("click", () => this.retry(item));
      card.append(make("p", { className: "why" }, describe(item.problem)), retry);
    }
    return card;
  }
}

/** An answer as short as a card has room for. */
function short({ outcome, problem }) {
  if (problem) return "!";
  if (!outcome) return "…";
  if (outcome.state === "digit") return outcome.prediction.is_digit ? `${outcome.prediction.digit}` : "–";
  return outcome.reading?.text || "–";
}
