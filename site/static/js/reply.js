/**
 * Reads what the worker says. Anything that has not the agreed shape is null.
 *
 * @import { Rendered, Reply } from "./types.d.ts"
 */

import { isRecord } from "./same.js";

/** In a figure, over all its traces. */
const MOST_POINTS = 50_000;

/**
 * @param {unknown} text
 * @returns {Reply | null}
 */
export function parseReply(text) {
  if (typeof text !== "string") return null;
  try {
    const said = JSON.parse(text);
    if (!isRecord(said) || !isText(said.id) || !shapes[String(said.type)]?.(said)) return null;
    const reply = /** @type {Reply} */ (/** @type {unknown} */ (said));
    if (reply.type === "figure") unpack(reply.rendered);
    return reply;
  } catch {
    return null;
  }
}

/**
 * Put lists in the place of packed ones (`Figure.as_json` of src/l2widgets/figures.py).
 * @param {Rendered} rendered
 */
function unpack({ figure }) {
  for (const trace of figure.data)
    for (const key of ["x", "y"]) {
      const packed = trace[key];
      if (isRecord(packed)) trace[key] = unpacked(String(packed.bdata));
    }
}

/**
 * @param {string} base64 Of doubles, where NaN is a gap.
 * @returns {(number | null)[]}
 */
function unpacked(base64) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  /** @type {(number | null)[]} */
  const list = [];
  for (const value of new Float64Array(bytes.buffer)) list.push(Number.isNaN(value) ? null : value);
  return list;
}

/**
 * What a figure's file or the worker's answer must hold.
 * @param {unknown} value
 * @returns {value is import("./types.d.ts").Rendered}
 */
export const isRendered = (value) =>
  isRecord(value) &&
  isRecord(value.figure) &&
  isListOf(value.figure.data, isRecord) &&
  isRecord(value.figure.layout) &&
  isRecord(value.figure.narrow) &&
  isListOf(value.readouts, isReadout) &&
  isRecord(value.table) &&
  isListOf(value.table.columns, isText) &&
  isListOf(value.table.rows, (row) => isListOf(row, isText)) &&
  isText(value.summary) &&
  (value.linked === undefined || (isRecord(value.linked) && Object.values(value.linked).every(isStanding))) &&
  (value.simulation === undefined || isMoment(value.simulation));

/** @param {unknown} value */
const isMoment = (value) => isRecord(value) && isText(value.state) && typeof value.rests === "boolean";

/**
 * Whether a figure is small enough to be drawn without holding up the page.
 * @param {import("./types.d.ts").Rendered} rendered
 */
export const isDrawable = ({ figure }) =>
  (figure?.data ?? []).reduce((sum, trace) => sum + Math.max(0, ...Object.values(trace).map(lengthOf)), 0) <=
  MOST_POINTS;

/**
 * How many numbers a list holds, or a list of lists.
 * @param {unknown} value
 * @returns {number}
 */
const lengthOf = (value) =>
  Array.isArray(value) ? value.reduce((sum, item) => sum + (lengthOf(item) || 1), 0) : 0;

/** @type {Record<string, (reply: Record<string, unknown>) => boolean>} */
const shapes = {
  stage: ({ stage, loaded, total }) => isText(stage) && isNumber(loaded) && isNumber(total),
  ready: ({ heap, resumed }) => isNumber(heap) && typeof resumed === "boolean",
  figure: ({ rendered }) => isRendered(rendered),
  settled: ({ kept }) => typeof kept === "boolean",
  pong: () => true,
  failed: ({ code, message }) => isText(code) && isText(message),
};

/** @param {unknown} value */
export const isText = (value) => typeof value === "string";

/** @param {unknown} value */
export const isNumber = (value) => typeof value === "number";

/**
 * @param {unknown} value
 * @param {(item: unknown) => boolean} test
 */
export const isListOf = (value, test) => Array.isArray(value) && value.every(test);

/** @param {unknown} value */
const isStanding = (value) => Array.isArray(value) && isNumber(value[0]) && isText(value[1]);

/** @param {unknown} value */
const isReadout = (value) =>
  isRecord(value) && isText(value.name) && isText(value.label) && isText(value.text) && isText(value.unit);
