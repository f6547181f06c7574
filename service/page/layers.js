// The network's layers, and what each makes of a digit.

import { showBars } from "./bars.js";
import { $, make } from "./dom.js";
import { knows, number, onLanguage, say } from "./language.js";
import { colors, grays, tinted } from "./pixels.js";
import { drawTiles, tilesOf } from "./tiles.js";

const DIGITS = 10;

const cost = ({ weights, multiply_adds: adds }) => say("layer-cost", { weights: number(weights), adds: number(adds) });

/** One layer in the list. */
class Card {
  #layer;
  #title = make("h3");
  #shape = make("p", { className: "shape" });
  #note = make("p", { className: "note" });
  #picture;
  #none;
  element;

  constructor(layer, isLast) {
    this.#layer = layer;
    this.#picture = isLast ? make("ol", { className: "bars" }) : make("canvas", { className: "tiles" });
    this.element = make("li", {}, make("div", {}, this.#title, this.#shape), this.#note, this.#picture);
    if (isLast) return;
    const { across, count } = tilesOf(layer);
    this.#picture.dataset.across = across;
    this.#picture.setAttribute("role", "img");
    if (count === DIGITS || count === DIGITS + 1) this.element.append(this.#names(count));
  }

  /** What the units stand for, where there are as many as digits; with one more, that it is none. */
  #names(count) {
    const row = make("p", { className: "names", ariaHidden: "true" });
    for (let digit = 0; digit < DIGITS; digit += 1) row.append(make("span", {}, `${digit}`));
    if (count > DIGITS) row.append((this.#none = make("span")));
    return row;
  }

  /** Says in the page's language what it is. */
  name() {
    const { kind, weights } = this.#layer;
    const { count, rows, columns } = tilesOf(this.#layer);
    const areUnits = rows * columns === 1;
    const title = knows(`layer-${kind}`) ? say(`layer-${kind}`) : kind.replaceAll("_", " ");
    const shape = say(areUnits ? "layer-units" : "layer-pictures", { count: number(count), rows, columns });
    const note = areUnits && knows(`note-${kind}-whole`) ? `note-${kind}-whole` : `note-${kind}`;
    this.#title.textContent = title;
    this.#shape.textContent = weights ? `${shape} · ${cost(this.#layer)}` : shape;
    this.#note.textContent = knows(note) ? say(note, { count: number(count) }) : "";
    if (this.#none) this.#none.textContent = say("layer-none");
    this.#picture.setAttribute("aria-label", say("layer-answer", { layer: `${title}, ${shape}` }));
  }

  /** @param answer The layer with its values in `low`, `high` and `gray`; nothing where there is no digit. */
  fill(answer, probabilities) {
    if (this.#picture.tagName === "CANVAS") {
      drawTiles(this.#picture, this.#layer, answer);
      return;
    }
    const best = Math.max(...probabilities);
    const rows = probabilities.map((fraction, label) => ({ label, fraction, best: best > 0 && fraction === best }));
    showBars(this.#picture, rows);
  }
}

/** The list of all layers. */
export class Layers {
  #cards = [];
  #layers = [];
  #answer = null;

  constructor() {
    onLanguage(() => this.#name());
  }

  /** Shows what the network consists of. */
  describe(layers) {
    this.#layers = layers;
    this.#cards = layers.map((layer, at) => new Card(layer, at === layers.length - 1));
    $("layers").replaceChildren(...this.#cards.map((card) => card.element));
    this.#name();
    this.redraw();
  }

  /** Shows what the layers make of a digit; null of none. */
  async show(answer) {
    const gray = await Promise.all((answer?.layers ?? []).map((layer) => grays(layer.picture)));
    this.#answer = answer && { ...answer, gray, image: await grays(answer.image) };
    this.redraw();
  }

  /** Draws all again, in the theme's colors. */
  redraw() {
    const answer = this.#answer;
    const context = $("got").getContext("2d");
    context.clearRect(0, 0, 28, 28);
    if (answer) context.drawImage(tinted(answer.image.values, answer.image.width, colors($("got")).ink), 0, 0);
    this.#cards.forEach((card, at) => {
      const own = answer && { ...answer.layers[at], gray: answer.gray[at] };
      card.fill(own, answer?.probabilities ?? Array(10).fill(0));
    });
  }

  #name() {
    for (const card of this.#cards) card.name();
    const sum = (member) => this.#layers.reduce((total, layer) => total + layer[member], 0);
    const total = { weights: number(sum("weights")), adds: number(sum("multiply_adds")) };
    $("cost").textContent = this.#layers.length ? say("network-cost", total) : "";
  }
}
