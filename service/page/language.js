// The words of the page, in the browser's language or the one chosen by hand.

import { $ } from "./dom.js";
import { keep, recall } from "./memory.js";
import en from "./words/en.js";
import zh from "./words/zh.js";

const WORDS = { en, zh };
const TAGS = { en: "en", zh: "zh-Hans" };

const wanted = [recall("language"), ...navigator.languages].filter(Boolean);
let language = wanted.map((tag) => tag.slice(0, 2)).find((tag) => tag in WORDS) ?? "en";
const listeners = [];

/** Words in the page's language, with `{name}` replaced by `values.name`. */
export function say(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const knows = (key) => key in WORDS.en;

/** Calls `listener` now and each time the language changes. */
export function onLanguage(listener) {
  listeners.push(listener);
  listener();
}

export function number(value, options) {
  return new Intl.NumberFormat(TAGS[language], options).format(value);
}

/** A probability that never claims more than it knows: neither 0 nor 100 %. */
export function percent(fraction) {
  const format = { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 };
  if (fraction < 0.0005) return `< ${number(0.001, format)}`;
  if (fraction >= 0.9995) return `> ${number(0.999, format)}`;
  return number(fraction, format);
}

function translate() {
  document.documentElement.lang = TAGS[language];
  for (const each of document.querySelectorAll("[data-t]")) each.textContent = say(each.dataset.t);
  for (const each of document.querySelectorAll("[data-t-label]")) {
    const label = say(each.dataset.tLabel);
    each.setAttribute("aria-label", label);
    if (each.tagName === "BUTTON") each.title = label;
  }
  const other = language === "en" ? "zh" : "en";
  $("language").textContent = WORDS[other]["language"];
  $("language").lang = TAGS[other];
}

/** Speaks, and lets the button change the language. */
export function startLanguage() {
  onLanguage(translate);
  $("language").addEventListener("click", () => {
    language = language === "en" ? "zh" : "en";
    keep("language", language);
    for (const listener of listeners) listener();
  });
}
