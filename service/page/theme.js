// Light or dark: the system's, until one is chosen by hand.

import { $ } from "./dom.js";
import { onLanguage, say } from "./language.js";
import { keep } from "./memory.js";

const CHOICES = [undefined, "light", "dark"];

export function startTheme(onChange) {
  const root = document.documentElement;
  const button = $("theme");
  const name = () => {
    button.title = say(`theme-${root.dataset.theme ?? "system"}`);
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    const next = CHOICES[(CHOICES.indexOf(root.dataset.theme) + 1) % CHOICES.length];
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    keep("theme", next);
    name();
    onChange();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
  onLanguage(name);
}
