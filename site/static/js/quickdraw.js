/**
 * Draws traces and axes that only moved, by the steps that Plotly itself takes, but only those that a move needs. Its
 * public ways do more: `Plotly.animate` computes every trace of the figure again with all of its defaults, which takes
 * three times as long as the drawing; `Plotly.relayout` draws all traces and headings again, whatever axis has changed.
 * Plotly's version is pinned, and a test compares what this draws with a whole new drawing.
 *
 * @import { Calculated, FullTrace, PlotlyElement, PlotlyModule, Trace } from "./types.d.ts"
 */

/**
 * What Plotly has drawn of a trace, and of a point, tied to it by D3.
 * @typedef {Element & { __data__: [{ trace: FullTrace }] }} TraceGroup
 * @typedef {Element & { __data__: Calculated }} Mark
 */

import { isRecord } from "./same.js";

/**
 * Have traces where they are now, without drawing them.
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
    const before = plot.calcdata[index] ?? [];
    const points = calculated(plot, full);
    // Marks stay tied to their points.
    const stay = full.mode === "markers" && before.length === points.length;
    plot.calcdata[index] = stay ? points.map((point, at) => Object.assign(before[at] ?? {}, point)) : points;
  }
}

/**
 * Give axes new ranges and ticks, and draw these axes and nothing else.
 * @param {PlotlyModule} Plotly
 * @param {PlotlyElement} plot
 * @param {Map<string, Record<string, unknown>>} axes What is new of each, by Plotly's name for the axis (`yaxis`).
 */
export async function shiftAxes(Plotly, plot, axes) {
  /** @type {Record<string, unknown>} */
  const ranges = {};
  for (const [name, { range, ...ticks }] of axes) {
    const axis = axisNamed(plot, name);
    if (!axis) continue;
    Object.assign(axis, ticks);
    Object.assign(plot.layout[name] ?? {}, ticks);
    ranges[`${name}.range`] = range ?? axis.range; // an axis is drawn if it is given a range
  }
  const { _basePlotModules, _visibleModules, _infolayer, annotations } = plot._fullLayout;
  try {
    Object.assign(plot._fullLayout, {
      _basePlotModules: _basePlotModules.map((module) => ({ ...module, plot() {} })),
      _visibleModules: [],
      _infolayer: _infolayer.select("none"),
      annotations: [],
    });
    await Plotly.relayout(plot, ranges);
  } finally {
    Object.assign(plot._fullLayout, { _basePlotModules, _visibleModules, _infolayer, annotations });
  }
}

/**
 * @param {PlotlyElement} plot
 * @param {number[]} traces The indices of those to draw.
 */
export function drawTraces(plot, traces) {
  /** @type {Map<string, number[]>} */
  const panels = new Map();
  for (const index of traces) {
    const full = plot._fullData[index];
    if (full?.visible !== true || slidMarks(plot, full)) continue; // a trace of nothing is not visible
    const panel = `${full.xaxis}${full.yaxis}`;
    panels.set(panel, [...(panels.get(panel) ?? []), index]);
  }
  for (const [panel, indices] of panels) {
    const info = plot._fullLayout._plots[panel];
    const layer = info?.plot.selectAll(".scatterlayer");
    const calculated = indices.map((index) => plot.calcdata[index] ?? []);
    if (!info || !layer) continue;
    plot._fullData[indices[0] ?? 0]?._module.plot(plot, info, calculated, layer, { duration: 0 });
    restack(/** @type {Element} */ (layer.node()));
  }
}

/**
 * Put the marks of a trace where its points are; false when they have to be drawn anew.
 * @param {PlotlyElement} plot
 * @param {FullTrace} trace
 */
function slidMarks(plot, { index, uid, mode, xaxis, yaxis, cliponaxis }) {
  if (mode !== "markers" || cliponaxis === false) return false;
  const points = plot.calcdata[index] ?? [];
  const marks = /** @type {Mark[]} */ ([...plot.querySelectorAll(`.trace${uid} .point`)]);
  if (marks.length !== points.length || marks.some((mark, at) => mark.__data__ !== points[at])) return false;
  const [across, up] = [xaxis, yaxis].map((id) => axisNamed(plot, id.replace(/^./, "$&axis")));
  const places = points.map(({ x, y }) => [across?.c2p(x), up?.c2p(y)]);
  if (!places.flat().every(Number.isFinite)) return false;
  const hides = plot._fullLayout._plots[xaxis + yaxis]?._hasClipOnAxisFalse; // what is outside, where something may be
  for (const [at, mark] of marks.entries()) {
    const [x, y] = places[at] ?? [];
    mark.setAttribute("transform", x || y ? `translate(${x},${y})` : "");
    const inside = [across, up].every((axis) => axis?.isPtWithinRange(mark.__data__));
    if (hides && !inside) mark.setAttribute("display", "none");
    else mark.removeAttribute("display");
  }
  return true;
}

/**
 * Put the traces of a panel from back to front again: Plotly puts those that it draws next to each other.
 * @param {Element} layer
 */
function restack(layer) {
  const place = (/** @type {TraceGroup} */ { __data__ }) => __data__[0].trace.index;
  const groups = /** @type {TraceGroup[]} */ ([...layer.children]);
  /** @type {Element | null} */
  let next = null;
  for (const group of groups.sort((one, other) => place(other) - place(one))) {
    if (group.nextElementSibling !== next) layer.insertBefore(group, next);
    next = group;
  }
}

/**
 * @param {PlotlyElement} plot
 * @param {string} name
 */
const axisNamed = (plot, name) => plot._fullLayout[/** @type {"xaxis"} */ (name)];

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
