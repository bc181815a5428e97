/**
 * Where the controls of one figure stand: positions by name, kept within their limits, and said as texts.
 *
 * @import { ControlSpec, Linked, Params, WidgetSpec } from "./types.d.ts"
 */

import { taken } from "./controls.js";
import { numberAt, typedPosition } from "./typed.js";

/** @typedef {Record<string, number>} Positions */

/** @param {WidgetSpec} spec */
export const startOf = (spec) => Object.fromEntries(spec.controls.map(({ name, start }) => [name, start]));

/**
 * The last position that a control may take now.
 * @param {ControlSpec} control
 * @param {Positions} positions
 */
export function lastOf({ limit, stops }, positions) {
  const end = stops.length - 1;
  return limit ? (limit[1][positions[limit[0]] ?? 0] ?? end) : end;
}

/**
 * Whether a control means something now.
 * @param {ControlSpec} control
 * @param {Positions} positions
 */
export const isShown = ({ when = {} }, positions) =>
  Object.entries(when).every(([name, there]) => there.includes(positions[name] ?? -1));

/**
 * Where some controls are after others have been moved. Of two linked sliders the one that was moved is meant from then
 * on: a second name that is not moved itself lets go of its value when its first name is moved.
 * @param {WidgetSpec} spec
 * @param {Positions} positions
 * @param {Positions} changes
 * @returns {Positions}
 */
export function moved(spec, positions, changes) {
  const result = { ...positions, ...changes };
  for (const { name, link } of spec.controls)
    if (link && link in changes && !(name in changes)) result[name] = 0;
  return within(spec, result);
}

/**
 * Where a control is seen to stand: at its own position, or where the figure says if it follows the one it is linked to.
 * Null while no figure has said it. A number between two stops is said in its own words, at the nearest.
 * @param {WidgetSpec} spec
 * @param {ControlSpec} control
 * @param {Positions} positions
 * @param {Linked} linked What the figure on the screen says.
 * @returns {[position: number, words?: string] | null}
 */
export function standingOf({ controls }, control, positions, linked) {
  const { name, link, start } = control;
  const second = link ? name : controls.find((other) => other.link === name)?.name;
  const follows = second !== undefined && (positions[second] === 0) === (second === name);
  if (follows) return linked[name] ?? null;
  const at = positions[name] ?? start;
  return Number.isInteger(at) ? [at] : [Math.round(at), textAt(control, at)];
}

/**
 * The nearest positions that are allowed. A linked slider that has a value leaves its first name at the start.
 * @param {WidgetSpec} spec
 * @param {Positions} positions
 * @returns {Positions}
 */
export function within(spec, positions) {
  const result = { ...startOf(spec), ...positions };
  for (const control of spec.controls) {
    const last = lastOf(control, result);
    const at = result[control.name] ?? control.start;
    result[control.name] = Math.min(Math.max(at, 0), last);
  }
  for (const { name, link } of spec.controls)
    if (link && result[name] !== 0) result[link] = startOf(spec)[link] ?? 0;
  return result;
}

/**
 * @param {WidgetSpec} spec
 * @param {Positions} positions
 * @returns {Params}
 */
export const paramsOf = (spec, positions) =>
  Object.fromEntries(
    spec.controls.map((control) => [control.name, textAt(control, positions[control.name])]),
  );

/**
 * What differs from the start, in the controls' order; of a reader's table, its first line, which tells it from others.
 * @param {WidgetSpec} spec
 * @param {Params} params
 * @returns {[name: string, text: string][]}
 */
export const differing = (spec, params) =>
  spec.controls
    .filter((control) => params[control.name] !== textAt(control))
    .map(({ name }) => [name, (params[name] ?? "").split("\n", 1)[0] ?? ""]);

/**
 * What of that a link may say: a reader's table is nobody else's.
 * @param {WidgetSpec} spec
 * @param {[name: string, text: string][]} pairs
 */
export const linkable = ({ controls }, pairs) =>
  pairs.filter(([name]) => controls.find((control) => control.name === name)?.kind !== "own");

/**
 * Positions from names and texts, such as a link's, and a sentence for each that means nothing here.
 * @param {WidgetSpec} spec
 * @param {[name: string, text: string][]} pairs
 * @returns {{ positions: Positions, complaints: string[] }}
 */
export function read(spec, pairs) {
  const positions = startOf(spec);
  const complaints = [];
  for (const [name, text] of pairs) {
    const control = spec.controls.find((each) => each.name === name);
    const at = control ? positionNamed(control, text) : null;
    if (at !== null) positions[name] = at;
    else complaints.push(complaint(spec, control, name, text));
  }
  return { positions: within(spec, positions), complaints };
}

/**
 * @param {ControlSpec} control
 * @param {string} text
 * @returns {number | null}
 */
function positionNamed(control, text) {
  const at = control.stops.findIndex(([stop]) => stop === text);
  if (at >= 0) return at;
  return control.typed ? typedPosition(control, text) : null;
}

/**
 * @param {WidgetSpec} spec
 * @param {ControlSpec | undefined} control
 * @param {string} name
 * @param {string} text
 */
const complaint = (spec, control, name, text) =>
  control
    ? `The link asks for ${name} = ${short(text)}, which this figure does not have; it takes ${taken(control)}.`
    : `The link asks for ${short(name)}, which this figure does not have; it takes ${spec.controls.map((each) => each.name).join(", ")}.`;

/** @param {string} text */
const short = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/**
 * @param {ControlSpec} control
 * @param {number} [position]
 */
function textAt(control, position = control.start) {
  return Number.isInteger(position) ? (control.stops[position]?.[0] ?? "") : numberAt(control, position);
}
