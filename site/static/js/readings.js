/**
 * What a figure says in words and numbers: its sentence, its readouts, its table.
 *
 * @import { Rendered } from "./types.d.ts"
 */

/** Milliseconds of rest before a sentence is read out. */
const REST = 600;

/**
 * @param {Element} figure
 * @returns {{ show(rendered: Rendered): void, announce(about: string, sentence: string): void }}
 */
export function makeReadings(figure) {
  const summary = figure.querySelector("[data-summary]");
  const voice = figure.querySelector("[data-announce]");
  const readouts = figure.querySelector("[data-readouts]");
  const table = figure.querySelector("[data-table]");
  /** @type {Map<string, string>} */
  const unsaid = new Map();
  /** @type {number | undefined} */
  let timer;

  /**
   * Of several sentences about one thing, only the last is read out.
   * @param {string} about
   * @param {string} sentence
   */
  function announce(about, sentence) {
    unsaid.set(about, sentence);
    clearTimeout(timer);
    timer = setTimeout(() => {
      write(voice, [...unsaid.values()].join(" "));
      unsaid.clear();
    }, REST);
  }

  return {
    announce,
    show(rendered) {
      write(summary, rendered.summary);
      for (const { name, label, text, unit } of rendered.readouts) {
        const place = readouts?.querySelector(`[data-readout="${CSS.escape(name)}"]`);
        write(place?.querySelector("dt"), label);
        write(place?.querySelector("dd"), unit ? `${text} ${unit}` : text);
      }
      fill(table?.querySelector("thead"), "th", [rendered.table.columns]);
      fill(table?.querySelector("tbody"), "td", rendered.table.rows);
    },
  };
}

/**
 * Write text where it differs.
 * @param {Element | null | undefined} element
 * @param {string} text
 */
function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/**
 * Give a part of a table exactly these cells.
 * @param {Element | null | undefined} part
 * @param {"th" | "td"} tag
 * @param {string[][]} rows
 */
function fill(part, tag, rows) {
  if (!part) return;
  resize(part, "tr", rows.length);
  for (const [index, cells] of rows.entries()) {
    const row = part.children[index];
    if (!row) continue;
    resize(row, tag, cells.length);
    for (const [column, cell] of cells.entries()) write(row.children[column], cell);
  }
}

/**
 * Give a parent so many children.
 * @param {Element} parent
 * @param {"tr" | "th" | "td"} tag
 * @param {number} count
 */
function resize(parent, tag, count) {
  while (parent.children.length > count) parent.lastElementChild?.remove();
  while (parent.children.length < count) {
    const child = document.createElement(tag);
    if (tag === "th") child.setAttribute("scope", "col");
    parent.append(child);
  }
}
