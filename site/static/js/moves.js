/**
 * When a figure only moved, its moved traces are drawn alone, and its axes shifted; a new layout takes ten times as long.
 * What the short way gets wrong is known here, and stays off it.
 *
 * @import { Trace } from "./types.d.ts"
 */

import { isRecord, same } from "./same.js";

/** What of a trace, and of an axis, may change without a new layout. */
const MOVES = new Set(["x", "y", "text", "textposition", "textfont", "hovertemplate", "name"]);
const SHIFTS = new Set(["range", "tickvals", "ticktext"]);
const AXIS = /^[xy]axis\d*$/;

/**
 * A trace whose empty texts are spaces: Plotly throws the place of an empty text away, and does not bring it back when
 * the text is no longer empty.
 * @param {Trace} trace
 * @returns {Trace}
 */
export const withTexts = (trace) =>
  Array.isArray(trace.text) ? { ...trace, text: trace.text.map((text) => text || " ") } : trace;

/**
 * @typedef {{ data: Trace[], layout: Record<string, unknown> }} Arranged
 *   A figure in the arrangement for one width.
 */

/**
 * What moved, if moving is all that happened: the indices of traces, the axes' new ranges and ticks by Plotly's names for
 * them (`yaxis`), and the traces that have to be drawn. Null when the figure has to be laid out again.
 * @param {Arranged} before
 * @param {Arranged} after
 * @returns {{ traces: number[], axes: Map<string, Record<string, unknown>>, drawn: number[] } | null}
 */
export function movement(before, after) {
  const traces = movedTraces(before.data, after.data);
  const axes = movedAxes(before.layout, after.layout);
  if (!traces || !axes) return null;
  const shifted = (/** @type {Trace} */ { xaxis, yaxis }) =>
    [xaxis, yaxis].some((id) => axes.has(String(id).replace(/^./, "$&axis")));
  const drawn = [...after.data.keys()].filter((at) => traces.includes(at) || shifted(after.data[at] ?? {}));
  // Plotly draws scatter traces alone.
  return drawn.every((at) => after.data[at]?.type === "scatter") ? { traces, axes, drawn } : null;
}

/**
 * @param {Trace[]} before
 * @param {Trace[]} after
 * @returns {number[] | null}
 */
function movedTraces(before, after) {
  if (before.length !== after.length) return null;
  const moved = [];
  for (const [index, trace] of after.entries()) {
    const old = before[index] ?? {};
    const changed = changedKeys(old, trace);
    if (changed.length === 0) continue;
    if (!onlyMoved(old, trace, changed)) return null;
    moved.push(index);
  }
  return moved;
}

/**
 * There is no room for a trace that was empty.
 * @param {Trace} old
 * @param {Trace} trace
 * @param {string[]} changed
 */
const onlyMoved = (old, trace, changed) =>
  changed.every((key) => MOVES.has(key) && likewise(old, trace, key)) && isEmpty(old) === isEmpty(trace);

/** @param {Trace} trace */
const isEmpty = ({ x, y }) => !Array.isArray(x) || !Array.isArray(y) || x.length === 0 || y.length === 0;

/**
 * @param {Arranged["layout"]} before
 * @param {Arranged["layout"]} after
 * @returns {Map<string, Record<string, unknown>> | null}
 */
function movedAxes(before, after) {
  const moved = new Map();
  for (const name of changedKeys(before, after)) {
    const [old, axis] = [before[name], after[name]];
    if (!AXIS.test(name) || !isRecord(old) || !isRecord(axis)) return null;
    const keys = changedKeys(old, axis);
    if (!keys.every((key) => SHIFTS.has(key) && likewise(old, axis, key))) return null;
    moved.set(name, Object.fromEntries(keys.map((key) => [key, axis[key]])));
  }
  return moved;
}

/**
 * @param {Record<string, unknown>} before
 * @param {Record<string, unknown>} after
 */
const changedKeys = (before, after) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !same(before[key], after[key]),
  );

/**
 * Whether both have it, and as lists or as one value both.
 * @param {Record<string, unknown>} old
 * @param {Record<string, unknown>} now
 * @param {string} key
 */
const likewise = (old, now, key) =>
  key in old && key in now && Array.isArray(old[key]) === Array.isArray(now[key]);

/**
 * The part of a trace that moves.
 * @param {Trace | undefined} trace
 * @returns {Trace}
 */
export const movesOf = (trace) =>
  Object.fromEntries(Object.entries(trace ?? {}).filter(([key]) => MOVES.has(key)));
