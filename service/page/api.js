// The service: what can be asked of it, and its errors.

export const root = new URL("../../", import.meta.url);

let key = "";

/** Sends this API key with every question from now on. */
export function useKey(given) {
  key = given;
}

export const usesKey = () => key !== "";

/** An answer that is none. `code` is the service's own, or `unreachable`. */
export class Problem extends Error {
  constructor(code, { detail = "", retryAfterS = null } = {}) {
    super(detail || code);
    this.code = code;
    this.detail = detail;
    this.retryAfterS = retryAfterS;
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    const headers = key ? { Authorization: `Bearer ${key}` } : {};
    answer = await fetch(new URL(path, root), { ...options, headers: { ...options.headers, ...headers } });
    if (answer.status === 204) return null;
    if (answer.ok) return Object.assign(await answer.json(), { requestId: answer.headers.get("X-Request-ID") });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("unreachable");
  }
  const told = await answer.json().catch(() => ({}));
  const wait = Number(answer.headers.get("Retry-After")) || null;
  throw new Problem(told.code ?? "unknown", { detail: told.detail, retryAfterS: wait });
}

function send(path, picture, signal) {
  const body = new FormData();
  body.append("image", picture);
  return ask(path, { method: "POST", body, signal });
}

export const model = () => ask("model");

/**
 * Reads a picture: one digit, or all where there are several.
 *
 * @returns `{ state: "digit", prediction, ms }`, `{ state: "number", reading, ms }` or `{ state: "blank" }`,
 *     with `ms` from the question to the answer.
 */
export async function recognize(picture, signal) {
  const started = performance.now();
  const ms = () => performance.now() - started;
  try {
    const prediction = await send("predict", picture, signal);
    return { state: "digit", prediction, ms: ms() };
  } catch (problem) {
    if (problem.code === "blank-image") return { state: "blank" };
    if (problem.code !== "several-digits") throw problem;
  }
  const reading = await send("read", picture, signal);
  return { state: "number", reading, ms: ms() };
}

/** What the model got of a picture, and what of it counted: two data URIs. */
export async function explain(picture, signal) {
  const prediction = await send("predict?explain=true", picture, signal);
  return prediction.explanation;
}

/** The network's layers. */
export const structure = () => ask("layers");

/** What each layer makes of a picture, or null of a blank one. */
export async function look(picture, signal) {
  try {
    return await send("layers", picture, signal);
  } catch (problem) {
    if (problem.code === "blank-image") return null;
    throw problem;
  }
}

/** Has a picture kept with what a person says of it, who agreed; the answer is what `takeBack` needs. */
export function correct(picture, fields) {
  const body = new FormData();
  body.append("image", picture);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return ask("corrections", { method: "POST", body });
}

export function takeBack({ id, token }) {
  return ask(`corrections/${id}`, { method: "DELETE", headers: { "Correction-Token": token } });
}
