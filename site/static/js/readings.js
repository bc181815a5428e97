/**
 * What a figure says in words and numbers: its sentence, its readouts, its table.
 *
 * @import { Rendered } from "./types.d.ts"
 */

import { write } from "./controls.js";

/** Milliseconds of rest before a sentence is read out. */
const REST = 600;

/** What is read out of a figure whose words do not change, so that nobody waits for more. */
const SAME = "The sentence and the numbers stay as they are.";

/**
 * @param {Element} figure
 * @returns {{ show(rendered: Rendered): void, announce(about: string, sentence?: string): void }}
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
  let said = words();

  /** The sentence and the numbers that stand there, the sentence first. */
  function words() {
    const numbers = [...(readouts?.querySelectorAll("[data-readout]") ?? [])].map(
      (place) => `${place.querySelector("dt")?.textContent}: ${place.querySelector("dd")?.textContent}`,
    );
    return [summary?.textContent ?? "", ...numbers];
  }

  /** What of them is new since they were last read out: the sentence, or else the numbers. */
  function news() {
    const now = words();
    const changed = now.filter((text) => !said.includes(text));
    if (changed[0] === now[0]) changed.splice(1);
    said = now;
    return changed.join("; ") || SAME;
  }

  /**
   * Of several sentences about one thing, only the last is read out; and none about a wait when there is news. Of the
   * figure, it is what it says then.
   * @param {string} about
   * @param {string} [sentence]
   */
  function announce(about, sentence = "") {
    if (about !== "waiting") unsaid.delete("waiting");
    unsaid.set(about, sentence);
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (unsaid.has("figure")) unsaid.set("figure", news());
      speak([...unsaid.values()].join(" "));
      unsaid.clear();
    }, REST);
  }

  /**
   * What is said twice has to differ, or it is heard once.
   * @param {string} text
   */
  function speak(text) {
    write(voice, voice?.textContent === text ? `${text}\u00a0` : text);
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
      fill(table?.querySelector("thead"), "col", [rendered.table.columns]);
      fill(table?.querySelector("tbody"), "row", rendered.table.rows);
    },
  };
}

/**
 * Give a part of a table exactly these cells.
 * @param {Element | null | undefined} part
 * @param {"col" | "row"} scope What a header is of: in the head each cell's column, in the body the first one's row.
 * @param {string[][]} rows
 */
function fill(part, scope, rows) {
  if (!part) return;
  resize(part, rows.length, () => document.createElement("tr"));
  for (const [index, cells] of rows.entries()) {
    const row = part.children[index];
    if (!row) continue;
    resize(row, cells.length, (column) => (scope === "col" || column === 0 ? header(scope) : cell()));
    for (const [column, text] of cells.entries()) write(row.children[column], text);
  }
}

/** @param {string} scope */
function header(scope) {
  const element = document.createElement("th");
  element.scope = scope;
  return element;
}

const cell = () => document.createElement("td");

/**
 * Give a parent so many children.
 * @param {Element} parent
 * @param {number} count
 * @param {(index: number) => Element} make
 */
function resize(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild?.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
}
