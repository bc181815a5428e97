/**
 * Draws traces that only moved, by the steps that Plotly itself takes, but only those that a move needs: compute the
 * traces' points, then draw them. Its public way, `Plotly.animate`, computes every trace of the figure again with all of
 * its defaults, which takes three times as long as the drawing. Plotly's version is pinned, and a test compares what
 * this draws with a whole new drawing.
 *
 * @import { Calculated, FullTrace, PlotlyElement, Trace } from "./types.d.ts"
 */

import { isRecord } from "./same.js";

/**
 * @param {PlotlyElement} plot Laid out by `Plotly.react` with traces that differ from these only by their moves.
 * @param {Map<number, Trace>} moves For each trace that moved, by its index, the attributes that say where it is now.
 */
export function moveTraces(plot, moves) {
  for (const [index, move] of moves) {
    const full = plot._fullData[index];
    if (!full) continue;
    put(move, plot.data[index] ?? {});
    put(move, full);
    full._length = Math.min(length(full.x), length(full.y));
    full._extremes = {};
    plot.calcdata[index] = calculated(plot, full);
  }
}

/**
 * @param {PlotlyElement} plot
 * @param {number[]} traces The indices of those to draw.
 */
export function drawTraces(plot, traces) {
  for (const module of plot._fullLayout._basePlotModules) module.plot(plot, traces, { duration: 0 });
}

/**
 * @param {PlotlyElement} plot
 * @param {FullTrace} full
 * @returns {Calculated[]}
 */
function calculated(plot, full) {
  /** @type {Calculated} */
  const nothing = { x: undefined, y: undefined }; // Plotly wants a point, even of nothing
  const points = full._length > 0 ? full._module.calc(plot, full) : [nothing];
  Object.assign(points[0] ?? nothing, { trace: full, t: {} });
  return points;
}

/**
 * @param {Trace} move
 * @param {Trace} trace
 */
function put(move, trace) {
  for (const [key, value] of Object.entries(move)) {
    const old = trace[key];
    trace[key] = isRecord(value) && isRecord(old) ? { ...old, ...value } : value;
  }
}

/** @param {unknown} list */
const length = (list) => (Array.isArray(list) ? list.length : 0);
