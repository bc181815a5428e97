/**
 * Draws figures with Plotly into the box over the figure's picture. One draw at a time; of those that wait, the newest.
 *
 * @import { PlotlyElement, PlotlyFigure, PlotlyModule, Trace } from "./types.d.ts"
 */

import { coloured, onColoursChanged } from "./colours.js";
import { movedTraces, movesOf, neighbourhood, withTexts } from "./moves.js";
import { plotly } from "./plotter.js";

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

/** At once and without drawing axes and labels again. */
const AT_ONCE = {
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
  mode: "immediate",
};

/**
 * Resolves when the traces are drawn. Plotly's own promise waits for the frame after that as well.
 * @param {PlotlyModule} Plotly
 * @param {PlotlyElement} plot
 * @param {{ data: Trace[], traces: number[] }} frame
 */
function animated(Plotly, plot, frame) {
  return new Promise((resolve, reject) => {
    plot.once("plotly_transitioned", () => resolve(undefined));
    Plotly.animate(plot, frame, AT_ONCE).catch(reject);
  });
}

/**
 * @typedef {object} Plot
 * @property {(figure: PlotlyFigure) => Promise<boolean>} draw
 *   Resolves when this figure is on the screen (true), or when a newer one took its place (false).
 */

/**
 * @param {HTMLElement} box The empty element over the picture.
 * @param {MediaQueryList} narrow Whether the narrow arrangement is wanted.
 * @param {string} url Plotly's address.
 * @returns {Plot}
 */
export function makePlot(box, narrow, url) {
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
    const moved = drawn && !stale ? movedTraces(drawn, figure) : null;
    stale = false;
    drawn = figure;
    const traces = figure.data.map(withTexts);
    if (moved) {
      if (moved.length === 0) return;
      const again = neighbourhood(traces, moved);
      const data = again.map((index) => (moved.includes(index) ? movesOf(traces[index]) : {}));
      const plot = /** @type {PlotlyElement} */ (/** @type {unknown} */ (box));
      await animated(Plotly, plot, { data, traces: again });
      return;
    }
    size = { width: box.clientWidth, height: box.clientHeight };
    const layout = arranged(figure, narrow.matches);
    Object.assign(layout, size);
    await Plotly.react(box, coloured(traces), coloured(layout), CONFIG);
  }

  async function drain() {
    while (pending) {
      const { figure, settle } = pending;
      pending = null;
      try {
        await drawOne(figure);
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
  return { draw };
}

/**
 * The layout for this width; the box, not the figure, says how large it is.
 * @param {PlotlyFigure} figure
 * @param {boolean} narrow
 * @returns {Record<string, unknown>}
 */
function arranged(figure, narrow) {
  return narrow ? merged(figure.layout, figure.narrow) : { ...figure.layout };
}

/**
 * @param {Record<string, unknown>} base
 * @param {Record<string, unknown>} changes
 * @returns {Record<string, unknown>}
 */
function merged(base, changes) {
  const result = { ...base };
  for (const [key, change] of Object.entries(changes)) {
    const old = result[key];
    result[key] = isPlain(old) && isPlain(change) ? merged(old, change) : change;
  }
  return result;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
