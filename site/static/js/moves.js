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
 * What moved, if moving is all that happened: the indices of traces, and the axes' new ranges and ticks by Plotly's names
 * for them (`yaxis.range`). Null when the figure has to be laid out again.
 * @param {Arranged} before
 * @param {Arranged} after
 * @returns {{ traces: number[], axes: Record<string, unknown> } | null}
 */
export function movement(before, after) {
  const traces = movedTraces(before.data, after.data);
  const axes = movedAxes(before.layout, after.layout);
  return traces && axes && { traces, axes };
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
 * Plotly draws scatter traces alone; it makes no room for one that was empty.
 * @param {Trace} old
 * @param {Trace} trace
 * @param {string[]} changed
 */
const onlyMoved = (old, trace, changed) =>
  trace.type === "scatter" &&
  changed.every((key) => MOVES.has(key) && likewise(old, trace, key)) &&
  isEmpty(old) === isEmpty(trace);

/** @param {Trace} trace */
const isEmpty = ({ x, y }) => !Array.isArray(x) || !Array.isArray(y) || x.length === 0 || y.length === 0;

/**
 * @param {Arranged["layout"]} before
 * @param {Arranged["layout"]} after
 * @returns {Record<string, unknown> | null}
 */
function movedAxes(before, after) {
  /** @type {Record<string, unknown>} */
  const moved = {};
  for (const name of changedKeys(before, after)) {
    const [old, axis] = [before[name], after[name]];
    if (!AXIS.test(name) || !isRecord(old) || !isRecord(axis)) return null;
    for (const key of changedKeys(old, axis)) {
      if (!SHIFTS.has(key) || !likewise(old, axis, key)) return null;
      moved[`${name}.${key}`] = axis[key];
    }
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
