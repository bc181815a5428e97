/**
 * Draws figures with Plotly into the box over the figure's picture. One draw at a time; of those that wait, the newest.
 *
 * @import { PlotlyFigure, PlotlyModule, Trace } from "./types.d.ts"
 */

import { coloured, onColoursChanged } from "./colours.js";
import { same } from "./same.js";
import { trustedScript } from "./trusted.js";

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

/** What of a trace may change without a new layout. */
const MOVES = new Set(["x", "y", "text", "hovertemplate", "name"]);

/** @type {Promise<PlotlyModule> | null} */
let loading = null;

/**
 * Load Plotly, once; after a failure the next call tries again.
 * @param {string} url
 * @returns {Promise<PlotlyModule>}
 */
function plotly(url) {
  loading ??= new Promise((resolve, reject) => {
    keepStylesOut();
    letTextBeStyled();
    const script = document.createElement("script");
    script.src = trustedScript(url);
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("empty")));
    script.onerror = () => reject(new Error("not loaded"));
    document.head.append(script);
  });
  loading.catch(() => {
    loading = null;
  });
  return loading;
}

/** Plotly looks for this mark before it writes a style sheet of its own; its rules are in the page's. */
function keepStylesOut() {
  const mark = document.createElement("meta");
  mark.id = "plotly.js-style-global";
  mark.className = "no-inline-styles";
  document.head.append(mark);
}

/**
 * Plotly makes text bold, or raises an exponent, by a style attribute, which the page's policy does not let it write;
 * the same style set as a property is allowed.
 */
function letTextBeStyled() {
  const { setAttribute } = SVGTSpanElement.prototype;
  SVGTSpanElement.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
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
      await Plotly.animate(box, { data, traces: again }, AT_ONCE);
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

/**
 * A trace whose empty texts are spaces: Plotly throws the place of an empty text away, and does not bring it back when
 * the text is no longer empty.
 * @param {Trace} trace
 * @returns {Trace}
 */
const withTexts = (trace) =>
  Array.isArray(trace.text) ? { ...trace, text: trace.text.map((text) => text || " ") } : trace;

/**
 * Which traces moved, if moving is all that happened; null when the figure has to be laid out again.
 * @param {PlotlyFigure} before
 * @param {PlotlyFigure} after
 * @returns {number[] | null}
 */
function movedTraces(before, after) {
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
function neighbourhood(traces, moved) {
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
const movesOf = (trace) => Object.fromEntries(Object.entries(trace ?? {}).filter(([key]) => MOVES.has(key)));
