/**
 * Draws figures with Plotly into the box over the figure's picture. One draw at a time; of those that wait, the newest.
 *
 * @import { PlotlyElement, PlotlyFigure, PlotlyModule, Trace } from "./types.d.ts"
 */

import { coloured, onColoursChanged } from "./colours.js";
import { movement, movesOf, withTexts } from "./moves.js";
import { bring, plotly } from "./plotter.js";
import { drawTraces, moveTraces, shiftAxes } from "./quickdraw.js";
import { isRecord } from "./same.js";
import { turn } from "./turn.js";

const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  responsive: false,
  scrollZoom: false,
  doubleClick: false,
  showTips: false,
};

/**
 * @typedef {object} Plot
 * @property {(figure: PlotlyFigure) => Promise<boolean>} draw
 *   Resolves when this figure is on the screen (true), or when a newer one took its place (false).
 * @property {(how?: { anew: boolean }) => Promise<unknown>} prepare
 *   Resolves when all that drawing needs has arrived; what is under way already may be given up for a new try.
 */

/**
 * @param {HTMLElement} box The empty element over the picture.
 * @param {MediaQueryList} narrow Whether the narrow arrangement is wanted.
 * @param {string} url Plotly's address.
 * @param {(figure: PlotlyFigure) => void} drawnAgain Called whenever marks may have moved on the screen.
 * @returns {Plot}
 */
export function makePlot(box, narrow, url, drawnAgain) {
  box.setAttribute("aria-hidden", "true"); // the image around it has the name and the description
  /** @type {PlotlyFigure | null} */
  let drawn = null;
  let stale = false;
  let size = { width: 0, height: 0 };
  /** @type {{ figure: PlotlyFigure, settle: (shown: boolean) => void } | null} */
  let pending = null;
  /** @type {Promise<void> | null} */
  let drawing = null;

  /** @param {PlotlyFigure} figure */
  async function drawOne(figure) {
    const Plotly = await plotly(url);
    const before = stale ? null : drawn;
    drawn = figure;
    stale = false;
    if (!before) await turn(); // nobody has asked for this one alone
    const after = arranged(figure, narrow.matches);
    const change = before && movement(arranged(before, narrow.matches), after);
    const traces = figure.data.map(withTexts);
    if (change) {
      const plot = /** @type {PlotlyElement} */ (/** @type {unknown} */ (box));
      moveTraces(plot, new Map(change.traces.map((index) => [index, coloured(movesOf(traces[index]))])));
      if (change.axes.size > 0) await shiftAxes(Plotly, plot, change.axes);
      drawTraces(plot, change.drawn);
      return;
    }
    size = { width: box.clientWidth, height: box.clientHeight };
    await Plotly.react(box, coloured(traces), { ...coloured(after.layout), ...size }, CONFIG);
  }

  async function drain() {
    while (pending) {
      const { figure, settle } = pending;
      pending = null;
      try {
        await drawOne(figure);
        drawnAgain(figure);
        settle(true);
      } catch (error) {
        drawn = null;
        settle(false);
        throw error;
      }
    }
  }

  /** @param {PlotlyFigure} figure */
  async function draw(figure) {
    pending?.settle(false);
    /** @type {Promise<boolean>} */
    const shown = new Promise((settle) => {
      pending = { figure, settle };
    });
    drawing ??= drain().finally(() => {
      drawing = null;
    });
    await drawing;
    return shown;
  }

  /** The same figure in other colours or another size. */
  function again() {
    if (!drawn) return;
    stale = true;
    if (!pending) draw(drawn).catch(() => {});
  }

  onColoursChanged(again);
  new ResizeObserver(() => {
    if (box.clientWidth !== size.width || box.clientHeight !== size.height) again();
  }).observe(box);
  narrow.addEventListener("change", again);
  addEventListener("keydown", ({ key }) => {
    // What the pointer has called up, and covers something, goes without moving the pointer.
    if (key === "Escape") box.querySelector(".hoverlayer")?.replaceChildren();
  });
  return { draw, prepare: (how) => bring(url, how) };
}

/**
 * The figure for this width; the box, not the figure, says how large it is.
 * @param {PlotlyFigure} figure
 * @param {boolean} narrow
 * @returns {import("./moves.js").Arranged}
 */
const arranged = ({ data, layout, narrow: changes }, narrow) => ({
  data,
  layout: narrow ? merged(layout, changes) : layout,
});

/**
 * @param {Record<string, unknown>} base
 * @param {Record<string, unknown>} changes
 * @returns {Record<string, unknown>}
 */
function merged(base, changes) {
  const result = { ...base };
  for (const [key, change] of Object.entries(changes)) {
    const old = result[key];
    result[key] = isRecord(old) && isRecord(change) ? merged(old, change) : change;
  }
  return result;
}
