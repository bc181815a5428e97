/**
 * What a reader takes away, from a figure or from the article. Loaded when somebody opens one of these parts of a page.
 */

import { write } from "./controls.js";
import { curvesCsv, tableCsv } from "./csv.js";
import { pictureOf, rastered } from "./picture.js";
import { notebook, program } from "./program.js";

/** The site's root, seen from where this module lies. */
const ROOT = new URL("../../", import.meta.url);

/** How much higher than the figure a frame is made that cannot follow it, in CSS pixels. */
const ROOM = 120;

/** Milliseconds until an address of a file in memory is given back. */
const SAVED = 60_000;

/** @type {WeakSet<Element>} */
const filled = new WeakSet();

/**
 * Fill a part that has been opened, once.
 * @param {HTMLElement} part
 */
export function fill(part) {
  if (filled.has(part)) return;
  filled.add(part);
  const voice = Object.assign(document.createElement("p"), { className: "widget-note" });
  voice.setAttribute("role", "status");
  const figure = part.closest("figure");
  if (figure instanceof HTMLElement) fillFor(figure, part, voice);
  for (const text of part.querySelectorAll("[data-copied]"))
    if (text instanceof HTMLElement) text.after(row(copyButton(text, voice)));
  part.append(voice);
}

/**
 * @param {HTMLElement} figure
 * @param {HTMLElement} part
 * @param {HTMLElement} voice
 */
function fillFor(figure, part, voice) {
  const name = figure.dataset.widget ?? "";
  const alone = part.querySelector("a");
  const link = copied("link");
  const snippet = copied("frame");
  const refresh = () => {
    if (alone) alone.href = aloneLink(figure);
    write(link, permalink(figure));
    write(snippet, frameOf(figure, part));
  };
  refresh();
  new MutationObserver(refresh).observe(figure, { attributeFilter: ["data-shown"] });

  const code = async () =>
    program(await text(new URL(`python/${name}.py`, ROOT)), figure, permalink(figure), ROOT);
  /** @type {[words: string, file: string, type: string, make: () => Promise<string | Blob>][]} */
  const files = [
    ["Picture (SVG)", ".svg", "image/svg+xml", async () => pictureOf(figure, permalink(figure))],
    ["Picture (PNG)", ".png", "image/png", async () => rastered(await pictureOf(figure, permalink(figure)))],
    ["Curves and points (CSV)", ".csv", "text/csv", async () => curvesCsv(figure)],
    ["Table (CSV)", "-table.csv", "text/csv", async () => tableCsv(figure)],
    ["Python (.py)", ".py", "text/x-python", code],
    ["Notebook (.ipynb)", ".ipynb", "application/x-ipynb+json", async () => notebook(await code())],
  ];
  const buttons = files.map(([words, ending, type, make]) =>
    button(words, voice, async () => {
      save(new Blob([await make()], { type }), name + ending);
      return `${name}${ending} is with your downloads.`;
    }),
  );
  part.append(
    words("The figure as it stands:"),
    row(...buttons),
    words("A link to it:"),
    link,
    words("For a page of yours; the script keeps the height right, and can be left out:"),
    snippet,
  );
}

/**
 * The address of a figure's state, as the page that explains it takes it.
 * @param {HTMLElement} figure
 */
function permalink(figure) {
  const home = document.querySelector("a[data-home]");
  const url = new URL(home instanceof HTMLAnchorElement ? home.href : location.href);
  url.search = query(figure);
  url.hash = figure.id;
  return url.href;
}

/**
 * The address of the page that has only this figure, in its state.
 * @param {HTMLElement} figure
 */
function aloneLink(figure) {
  const url = new URL(`embed/${figure.dataset.widget}/`, ROOT);
  url.search = query(figure);
  return url.href;
}

/** @param {HTMLElement} figure */
function query(figure) {
  const { widget, shown } = figure.dataset;
  const pairs = [...new URLSearchParams(shown)].filter(([name]) => !isOwn(figure, name));
  return String(new URLSearchParams(pairs.map(([name, stop]) => [`${widget}.${name}`, stop])));
}

/**
 * Whether a control holds a table of the reader's, which no link takes along.
 * @param {HTMLElement} figure
 * @param {string} name
 */
const isOwn = (figure, name) => figure.querySelector(`[data-control="${name}"][data-kind="own"]`) !== null;

/**
 * What a page of somebody else's writes to show the figure. The script is for the height alone, and can be left out.
 * @param {HTMLElement} figure
 * @param {HTMLElement} part
 */
function frameOf(figure, part) {
  const height = Math.ceil((figure.offsetHeight - part.offsetHeight + ROOM) / 10) * 10;
  const title = figure.querySelector(".widget-title")?.textContent ?? "";
  return `<iframe src="${escaped(aloneLink(figure))}" title="${escaped(title)}" width="100%" height="${height}" loading="lazy" allow="clipboard-write"></iframe>
<script>
addEventListener("message", ({ data, origin, source }) => {
  if (origin !== "${ROOT.origin}" || data?.type !== "height" || !(data.n > 0 && data.n <= 10000)) return;
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.height = data.n;
});
</script>`;
}

/** @param {string} value */
const escaped = (value) => value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** @param {URL} url */
async function text(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.text();
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(blob),
    download: name,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED);
}

// ---- What the part is made of

/**
 * A text that can be copied.
 * @param {string} what
 */
function copied(what) {
  const element = document.createElement("pre");
  element.dataset.copied = what;
  return element;
}

/** @param {string} sentence */
const words = (sentence) => Object.assign(document.createElement("p"), { textContent: sentence });

/** @param {HTMLElement[]} buttons */
function row(...buttons) {
  const element = Object.assign(document.createElement("div"), { className: "presets" });
  element.append(...buttons);
  return element;
}

/**
 * A button that says in a sentence what came of it.
 * @param {string} words
 * @param {HTMLElement} voice
 * @param {() => Promise<string>} act
 */
function button(words, voice, act) {
  const element = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button button-quiet",
    textContent: words,
  });
  element.addEventListener("click", async () => {
    try {
      voice.textContent = await act();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      voice.textContent = `${words} could not be made: ${reason}. Check the connection and try again.`;
    }
  });
  return element;
}

/**
 * @param {HTMLElement} source
 * @param {HTMLElement} voice
 */
const copyButton = (source, voice) =>
  button(`Copy the ${source.dataset.copied}`, voice, async () => {
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      return `The ${source.dataset.copied} is copied.`;
    } catch {
      // Refused, as in some frames: then the reader copies, and finds the text selected.
      getSelection()?.selectAllChildren(source);
      return "The browser does not let this page copy; the text is selected, so that you can.";
    }
  });
