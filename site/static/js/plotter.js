/**
 * Loads Plotly, when the first figure is drawn.
 *
 * @import { PlotlyModule } from "./types.d.ts"
 */

import { asset, broken, deliver } from "./deliver.js";
import { PATIENCE } from "./patience.js";
import { trustedScript } from "./trusted.js";

/** @type {Promise<PlotlyModule> | null} */
let loading = null;
/** @type {Promise<unknown> | null} */
let bringing = null;

/**
 * Load Plotly, once; after a failure the next call tries again.
 * @param {string} url
 * @returns {Promise<PlotlyModule>} Rejects with a `DeliveryError`.
 */
export function plotly(url) {
  loading ??= load(url).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/**
 * Have Plotly's file in the browser's cache, once; after a failure the next call tries again.
 * @param {string} url
 * @param {{ anew: boolean }} [how] Whether a try that is under way may be of no use any more, as when the reader asks.
 * @returns {Promise<unknown>} Rejects with a `DeliveryError`.
 */
export function bring(url, { anew } = { anew: false }) {
  if (anew && !window.Plotly) bringing = null;
  bringing ??= begin(url);
  return bringing;
}

/**
 * @param {string} url
 * @returns {Promise<unknown>}
 */
function begin(url) {
  /** @type {Promise<unknown>} */
  const begun = deliver(parcelOf(url)).catch((error) => {
    if (bringing === begun) bringing = null;
    else if (bringing) return bringing; // a later try
    throw error;
  });
  return begun;
}

/** @param {string} url */
const parcelOf = (url) => ({ ...asset(url), title: "Plotly" });

/** @param {string} url */
async function load(url) {
  // A script element would wait for ever, and run what was cut short. It finds what was brought in the browser's cache.
  await bring(url);
  keepStylesOut();
  letTextBeStyled();
  const script = document.createElement("script");
  script.src = trustedScript(url);
  await new Promise((done) => {
    script.onload = script.onerror = done;
    setTimeout(done, PATIENCE.start);
    document.head.append(script);
  });
  if (!window.Plotly) throw broken(parcelOf(url));
  return window.Plotly;
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
