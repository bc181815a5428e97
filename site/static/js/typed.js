/**
 * Numbers that a reader types: one between two stops is a position between theirs, as far along as it is in value.
 *
 * @import { ControlSpec } from "./types.d.ts"
 */

const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A comma before decimals; one that may as well divide thousands is none. */
const DECIMAL_COMMA = /^(-?\d*),(?!\d{3}$)(?=\d)|^(-?0?),(?=\d)/;

/** A power of ten as the page writes it, as calculators do and as Python does, with or without a number before it. */
const POWER = /^(?:(-?[\d.]+) ?[×*·] ?)?10(?:\^|\*\*)([+-]?\d+)$/;

/**
 * What was typed, as a number is written in a link.
 * @param {string} typed
 */
function plain(typed) {
  const words = typed
    .trim()
    .replace(/[⁺⁻⁰¹²³⁴-⁹]+/, (raised) => `^${raised.normalize("NFKC")}`)
    .replaceAll("−", "-")
    .replace(DECIMAL_COMMA, "$1$2.");
  return words.replace(POWER, (_, number = "1", exponent) => `${number}e${exponent}`);
}

/** @param {ControlSpec} spec */
const valuesOf = ({ stops }) => stops.map(([text]) => Number(text));

/** @param {number[]} values */
const areWhole = (values) => values.every(Number.isInteger);

/**
 * The position of what was typed; null when it is nothing that the slider takes. An exact 0 stands apart from the rest.
 * @param {ControlSpec} spec
 * @param {string} typed
 * @returns {number | null}
 */
export function typedPosition(spec, typed) {
  const words = plain(typed);
  const [value, values] = [Number(words), valuesOf(spec)];
  const next = NUMBER.test(words) ? values.findIndex((stop) => stop >= value) : -1;
  const [low = 0, high = 0] = [values[next - 1], values[next]];
  if (next >= 0 && high === value) return next;
  if (next < 1 || low === 0 || (areWhole(values) && !Number.isInteger(value))) return null;
  return next - 1 + (value - low) / (high - low);
}

/**
 * The number at a position between two stops, to nine digits.
 * @param {ControlSpec} spec
 * @param {number} position
 */
export function numberAt(spec, position) {
  const [low = 0, high = 0] = valuesOf(spec).slice(Math.floor(position));
  return String(Number((low + (position % 1) * (high - low)).toPrecision(9)));
}

/**
 * What can be typed, in a few words.
 * @param {ControlSpec} spec
 */
export function typable(spec) {
  const values = valuesOf(spec);
  const least = spec.stops[values[0] === 0 ? 1 : 0]?.[0];
  const numbers = `a ${areWhole(values) ? "whole " : ""}number from ${least} to ${spec.stops.at(-1)?.[0]}`;
  return values[0] === 0 ? `${numbers}, or 0` : numbers;
}
