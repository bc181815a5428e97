/**
 * When a figure only moved, Plotly can be told which traces moved, and draws them within a frame; a new layout takes
 * twenty times as long. What Plotly's short way gets wrong is known here, and stays off it.
 *
 * @import { PlotlyFigure, Trace } from "./types.d.ts"
 */

import { same } from "./same.js";

/** What of a trace may change without a new layout. */
const MOVES = new Set(["x", "y", "text", "hovertemplate", "name"]);

/**
 * A trace whose empty texts are spaces: Plotly throws the place of an empty text away, and does not bring it back when
 * the text is no longer empty.
 * @param {Trace} trace
 * @returns {Trace}
 */
export const withTexts = (trace) =>
  Array.isArray(trace.text) ? { ...trace, text: trace.text.map((text) => text || " ") } : trace;

/**
 * Which traces moved, if moving is all that happened; null when the figure has to be laid out again.
 * @param {PlotlyFigure} before
 * @param {PlotlyFigure} after
 * @returns {number[] | null}
 */
export function movedTraces(before, after) {
  if (before.data.length !== after.data.length) return null;
  if (!same(before.layout, after.layout)) return null;
  if (!same(before.narrow, after.narrow)) return null;
  const moved = [];
  for (const [index, trace] of after.data.entries()) {
    const old = before.data[index] ?? {};
    const keys = new Set([...Object.keys(old), ...Object.keys(trace)]);
    const changed = [...keys].filter((key) => !same(old[key], trace[key]));
    if (changed.length === 0) continue;
    if (!onlyMoved(old, trace, changed)) return null;
    moved.push(index);
  }
  return moved;
}

/**
 * @param {Trace} old
 * @param {Trace} trace
 * @param {string[]} changed
 */
const onlyMoved = (old, trace, changed) =>
  trace.type === "scatter" &&
  changed.every((key) => MOVES.has(key) && key in old && key in trace) &&
  same(presence(old), presence(trace));

/**
 * Whether anything of a trace is on the screen: Plotly's short way neither brings a trace nor takes it away.
 * @param {Trace} trace
 */
function presence({ visible, x, y }) {
  const [across, up] = [listOf(x), listOf(y)];
  const there = across.some((value, index) => value !== null && (up[index] ?? null) !== null);
  return { visible, there };
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
const listOf = (value) => (Array.isArray(value) ? value : []);

/**
 * The traces that have to be drawn so that Plotly keeps what lies over what: it puts those that it draws next to each
 * other, so in each panel everything between the first and the last that moved is drawn; and it empties a panel of
 * which it draws nothing.
 * @param {Trace[]} traces
 * @param {number[]} moved
 * @returns {number[]}
 */
export function neighbourhood(traces, moved) {
  const panelOf = (/** @type {number} */ index) => `${traces[index]?.xaxis} ${traces[index]?.yaxis}`;
  const indices = [...traces.keys()];
  return [...new Set(indices.map(panelOf))].flatMap((panel) => {
    const inside = indices.filter((index) => panelOf(index) === panel);
    const first = inside.findIndex((index) => moved.includes(index));
    const last = inside.findLastIndex((index) => moved.includes(index));
    return first < 0 ? inside.slice(-1) : inside.slice(first, last + 1);
  });
}

/**
 * The part of a trace that moves.
 * @param {Trace | undefined} trace
 * @returns {Trace}
 */
export const movesOf = (trace) =>
  Object.fromEntries(Object.entries(trace ?? {}).filter(([key]) => MOVES.has(key)));
