// What was just done, as a call to copy.

import { root, usesKey } from "./api.js";
import { $ } from "./dom.js";
import { say } from "./language.js";

const COPIED_MS = 1500;

const lines = (...all) => all.filter((line) => line !== null).join("\n");

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** In each language, with an API key from the environment where the page was given one. */
const WAYS = {
  curl({ url, name, keyed }) {
    const picture = /^[\w.-]+$/.test(name) ? name : quoted(`"${name}"`);
    return `curl ${keyed ? '-H "Authorization: Bearer $API_KEY" ' : ""}-F image=@${picture} ${url}`;
  },
  python: ({ url, name, member, keyed }) =>
    lines(
      keyed ? "import os\n" : null,
      "import httpx\n",
      keyed ? `headers = {"Authorization": f"Bearer {os.environ['API_KEY']}"}` : null,
      `with open(${JSON.stringify(name)}, "rb") as picture:`,
      `    answer = httpx.post("${url}", files={"image": picture}${keyed ? ", headers=headers" : ""})`,
      `print(answer.raise_for_status().json()["${member}"])`,
    ),
  javascript: ({ url, name, member, keyed }) =>
    lines(
      'import { openAsBlob } from "node:fs";\n',
      `const body = await openAsBlob(${JSON.stringify(name)});`,
      keyed ? "const headers = { Authorization: `Bearer ${process.env.API_KEY}` };" : null,
      `const answer = await fetch("${url}", { method: "POST", body${keyed ? ", headers" : ""} });`,
      `console.log((await answer.json()).${member});`,
    ),
};

let what = { name: "drawing.png", state: "digit" };

function render() {
  const way = document.querySelector("input[name=call]:checked").value;
  const several = what.state === "number";
  const [path, member] = several ? ["read", "text"] : ["predict", "digit"];
  const call = { name: what.name, url: new URL(path, root).href, member, keyed: usesKey() };
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
