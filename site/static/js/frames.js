/**
 * The figures at every stop of the first slider, from what the build computed (src/l2site/frames.py): they answer until
 * Python does.
 *
 * @import { FrameChange, Frames, Rendered, WidgetSpec } from "./types.d.ts"
 * @import { Positions } from "./settings.js"
 */

import { isListOf, isNumber, isRendered } from "./reply.js";
import { isRecord } from "./same.js";

/**
 * Whether frames can answer for these positions: every control but the framed one, which is at a stop, is at its start.
 * @param {WidgetSpec} spec
 * @param {Positions} positions
 */
export const isFramed = ({ controls, framed }, positions) =>
  framed !== undefined &&
  Number.isInteger(positions[framed]) &&
  controls.every(({ name, start }) => name === framed || positions[name] === start);

/**
 * The figure at one stop; null when the file does not fit the default figure.
 * @param {Frames} frames
 * @param {Rendered} start The default figure.
 * @param {number} stop
 * @returns {Rendered | null}
 */
export function frameAt({ changes }, start, stop) {
  /** @type {unknown} */
  let figure = start;
  for (const change of changes) {
    const which = change.at[stop] ?? null;
    if (which === null) continue;
    const value = valueAt(change, which);
    for (const place of change.places) figure = replaced(figure, place, value);
  }
  return isRendered(figure) ? figure : null;
}

/**
 * @param {FrameChange} change
 * @param {number} which
 * @returns {unknown}
 */
function valueAt({ values, step, log }, which) {
  const value = values[which];
  if (step === undefined || !Array.isArray(value)) return value;
  let slope = 0;
  let steps = 0;
  return value.map((bend) => {
    if (bend === null) return null;
    slope += bend;
    steps += slope;
    return log ? 10 ** (steps * step) : steps * step;
  });
}

/**
 * Plain data with one part replaced; all that stays is shared with the original, which is what drawing compares.
 * @param {unknown} whole
 * @param {(string | number)[]} place
 * @param {unknown} value
 * @returns {unknown}
 */
function replaced(whole, [key, ...rest], value) {
  if (key === undefined || typeof whole !== "object" || whole === null) return value;
  const copy = Array.isArray(whole) ? [...whole] : { ...whole };
  Reflect.set(copy, key, replaced(Reflect.get(whole, key), rest, value));
  return copy;
}

/**
 * What a file of frames for so many stops must hold.
 * @param {number} stops
 * @returns {(value: unknown) => value is Frames}
 */
export const isFramesOf =
  (stops) =>
  /** @returns {value is Frames} */
  (value) =>
    isRecord(value) && isListOf(value.changes, (change) => isChange(change, stops));

/**
 * @param {unknown} change
 * @param {number} stops
 */
function isChange(change, stops) {
  if (!isRecord(change)) return false;
  const { places, at, values, step } = change;
  return (
    isListOf(places, Array.isArray) &&
    Array.isArray(values) &&
    Array.isArray(at) &&
    at.length === stops &&
    at.every((which) => which === null || (isNumber(which) && which in values)) &&
    (step === undefined || (isNumber(step) && values.every((value) => isListOf(value, isStep))))
  );
}

/** @param {unknown} value */
const isStep = (value) => value === null || isNumber(value);
