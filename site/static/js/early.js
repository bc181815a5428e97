/**
 * Runs before the first paint, and needs no module:
 *
 * - A reader who chose a theme never sees the other one flash by.
 * - The modules of a page of text, whose addresses this script's element has, and the fonts that its first words can do
 *   without, are fetched when these have been seen. A long page is laid out in pieces until then (`laying.js`).
 * - When a page's modules do not run, because they did not come or came damaged, they are fetched again, past the
 *   browser's cache, and the page is loaded once more. If that does not help, every figure says so.
 */

/** Milliseconds until modules that do not come are missed, and that each may take when it is fetched again. */
const MISSED = 10_000;
const AGAIN = 8_000;

/** The page's first module, and what it needs at once, where this script is the one to fetch them; and stylesheets. */
const modules = document.currentScript?.dataset.modules?.split(" ") ?? [];
const sheets = document.currentScript?.dataset.sheets?.split(" ") ?? [];
let begun = false;

chooseTheme();
addEventListener("error", failed, true);
setTimeout(rescue, MISSED);
if (leadsToAFigure()) begin();
else if (modules.length > 0) waitForWords();

function chooseTheme() {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is refused: the reader's system decides.
  }
}

/** Whether the reader has come to move a figure: the address names one, or says where its controls stand. */
function leadsToAFigure() {
  return location.hash.startsWith("#figure-") || location.search !== "";
}

function waitForWords() {
  if (startsAtTheTop()) document.documentElement.dataset.laying = "";
  addEventListener("load", begin, { once: true }); // in a window behind others, nothing is painted
  new PerformanceObserver(begin).observe({ type: "paint", buffered: true });
}

/** Whether nobody looks for a place further down, where half-laid pages put other things than whole ones. */
function startsAtTheTop() {
  const [visit] = performance.getEntriesByType("navigation");
  return !location.hash && visit instanceof PerformanceNavigationTiming && visit.type === "navigate";
}

function begin() {
  if (begun || modules.length === 0) return;
  begun = true;
  const [first = "", ...needed] = modules;
  for (const href of sheets) ask("stylesheet", href);
  for (const href of needed) ask("modulepreload", href);
  import(new URL(first, document.baseURI).href).catch(failed);
}

/**
 * @param {string} rel
 * @param {string} href
 */
function ask(rel, href) {
  document.head.append(Object.assign(document.createElement("link"), { rel, href }));
}

/** @param {Event} event */
function failed({ target }) {
  if (target instanceof Element && !target.matches("script, link[rel=modulepreload]")) return;
  removeEventListener("error", failed, true);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", rescue, { once: true });
  else rescue();
}

async function rescue() {
  removeEventListener("error", failed, true);
  if (!document.querySelector("[data-controls]:disabled")) return;
  const elements = document.querySelectorAll("link[rel=modulepreload], script[type=module]");
  const named = [...elements].map((element) => element.getAttribute("href") ?? element.getAttribute("src"));
  try {
    await Promise.all([...new Set([...named, ...modules])].map(renew));
    if (history.state?.rescued) throw new Error("once is enough");
    history.replaceState({ ...history.state, rescued: true }, "");
    location.reload();
  } catch {
    for (const note of document.querySelectorAll("[data-lost]")) note.removeAttribute("hidden");
  }
}

/**
 * Put a whole copy into the browser's cache: one with the digest that its name has in it.
 * @param {string | null} address
 */
async function renew(address) {
  const url = address ?? "";
  const response = await fetch(url, { cache: "reload", signal: AbortSignal.timeout(AGAIN) });
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  const digest = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!url.includes(digest.slice(0, 12))) throw new Error(`${url} came damaged`);
}
