/**
 * A figure's numbers as files of comma-separated values (RFC 4180): what is drawn, and the table.
 *
 * @import { PlotlyElement, Trace } from "./types.d.ts"
 */

import { find } from "./controls.js";
import { isRecord } from "./same.js";

const HEAD = ["panel", "curve", "x is", "y is", "x", "y"];

/**
 * Each point of each curve in a row, a gap as an empty x and y.
 * @param {HTMLElement} figure
 */
export function curvesCsv(figure) {
  const { data, layout } = drawingOf(figure);
  if (!data) throw new Error("nothing is drawn yet");
  const rows = data.flatMap((trace) => {
    if (!Array.isArray(trace.x) || !Array.isArray(trace.y) || !trace.name) return [];
    const { x, y } = trace;
    const what = panelOf(trace, layout);
    return x.map((value, index) => [what.title, trace.name, what.x, what.y, value, y[index]]);
  });
  return written([HEAD, ...rows]);
}

/**
 * The numbers as they are read.
 * @param {HTMLElement} figure
 */
export const tableCsv = (figure) =>
  written(
    [...figure.querySelectorAll("[data-table] tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    ),
  );

/**
 * @param {HTMLElement} figure
 * @returns {Partial<PlotlyElement>}
 */
const drawingOf = (figure) => /** @type {any} */ (find(figure, "[data-live]", HTMLElement));

/**
 * What a trace's panel shows: the title and the name of its y are the two lines above it (src/l2widgets/figures.py).
 * @param {Trace} trace
 * @param {Record<string, unknown>} [layout]
 */
function panelOf({ xaxis }, layout = {}) {
  const number = String(xaxis).slice(1);
  const annotations = Array.isArray(layout.annotations) ? layout.annotations : [];
  const [title, y] = annotations.filter(({ xref }) => xref === `x${number} domain`);
  const axis = layout[`xaxis${number}`];
  const x = isRecord(axis) && isRecord(axis.title) ? axis.title.text : "";
  return { title: plain(title?.text), x: plain(x), y: plain(y?.text) };
}

/** @param {unknown} text */
const plain = (text) => String(text ?? "").replace(/<[^>]*>/g, "");

/** @param {unknown[][]} rows */
const written = (rows) => rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");

/** @param {unknown} value */
function cell(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
