// What was just done, as a call to copy.

import { root } from "./api.js";
import { $ } from "./dom.js";
import { say } from "./language.js";

const COPIED_MS = 1500;

const quoted = (name) => `'${name.replaceAll("'", `'\\''`)}'`;

const WAYS = {
  curl: ({ url, name }) => `curl -F image=@${/^[\w.-]+$/.test(name) ? name : quoted(`"${name}"`)} ${url}`,
  python: ({ url, name, member }) =>
    `import httpx

with open(${JSON.stringify(name)}, "rb") as picture:
    answer = httpx.post("${url}", files={"image": picture})
print(answer.raise_for_status().json()["${member}"])`,
  javascript: ({ url, name, member }) =>
    `import { openAsBlob } from "node:fs";

const body = await openAsBlob(${JSON.stringify(name)});
const answer = await fetch("${url}", { method: "POST", body });
console.log((await answer.json()).${member});`,
};

let what = { name: "drawing.png", state: "digit" };

function render() {
  const way = document.querySelector("input[name=call]:checked").value;
  const several = what.state === "number";
  const call = { name: what.name, url: new URL(several ? "read" : "predict", root).href, member: several ? "text" : "digit" };
  $("code").textContent = WAYS[way](call);
}

/** @param done `{ name, state, picture }`: the picture's name, what came of it, and a drawing itself to be saved. */
export function showCall(done) {
  what = done;
  const save = $("save");
  if (save.href) URL.revokeObjectURL(save.href);
  save.hidden = !done.picture;
  if (done.picture) [save.href, save.download] = [URL.createObjectURL(done.picture), done.name];
  render();
}

export function startCall() {
  $("languages").addEventListener("change", render);
  $("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText($("code").textContent);
      $("copy").textContent = say("copied");
    } catch {
      getSelection().selectAllChildren($("code")); // forbidden here: selected, so that two keys copy it
    }
    setTimeout(() => ($("copy").textContent = say("copy")), COPIED_MS);
  });
  render();
}
