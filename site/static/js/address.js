/**
 * The page's query string as the figures' state: `?lambda_sweep.lam=0.01`. Parameters of others stay as they are.
 */

/**
 * Milliseconds of rest before the address follows: a browser takes some for that, the next input would wait for it, and
 * Safari takes at most 100 changes in 30 seconds.
 */
const PAUSE = 350;

/** @type {Map<string, [name: string, text: string][]>} */
const changes = new Map();
/** @type {number | undefined} */
let timer;
/** @type {Set<() => void>} */
const listeners = new Set();
/** The query as this page last saw or wrote it. */
let known = location.search;

/**
 * What the address says about one widget: pairs of control and stop text.
 * @param {string} widget
 * @returns {[name: string, text: string][]}
 */
export function readAddress(widget) {
  const prefix = `${widget}.`;
  return [...new URLSearchParams(location.search)]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, text]) => [key.slice(prefix.length), text]);
}

/**
 * Let the address say this about the widget, as soon as nothing is moved any more.
 * @param {string} widget
 * @param {[name: string, text: string][]} pairs
 */
export function writeAddress(widget, pairs) {
  changes.set(widget, pairs);
  clearTimeout(timer);
  timer = setTimeout(write, PAUSE);
}

function write() {
  clearTimeout(timer);
  timer = undefined;
  if (changes.size === 0) return;
  const query = new URLSearchParams(location.search);
  for (const [widget, pairs] of changes) {
    for (const key of [...query.keys()]) if (key.startsWith(`${widget}.`)) query.delete(key);
    for (const [name, text] of pairs) query.append(`${widget}.${name}`, text);
  }
  changes.clear();
  const search = query.size > 0 ? `?${query}` : "";
  known = search;
  if (search === location.search) return;
  history.replaceState(history.state, "", location.pathname + search + location.hash);
}

/**
 * @param {() => void} listener Called when the reader goes back or forward to another state; a jump to a section is none.
 */
export function onAddressChanged(listener) {
  listeners.add(listener);
}

addEventListener("popstate", () => {
  if (location.search === known) return;
  known = location.search;
  changes.clear(); // what was still to be written belonged to the state that was left
  for (const listener of listeners) listener();
});
addEventListener("pagehide", write);
