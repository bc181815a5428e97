/**
 * By which share of itself a number may differ and still be the same: two machines differ in the last of ten digits, and
 * no axis shows that. Most of what Python answers first is already drawn, as another machine computed it.
 */
const ROUNDING = 1e-7;

/**
 * Whether two pieces of plain data are equal, all the way down, but for what numbers lose on the way.
 * @param {unknown} left
 * @param {unknown} right
 * @returns {boolean}
 */
export function same(left, right) {
  if (Object.is(left, right)) return true;
  if (typeof left === "number" && typeof right === "number")
    return Math.abs(left - right) <= ROUNDING * Math.max(Math.abs(left), Math.abs(right));
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      (key) =>
        key in right &&
        same(
          /** @type {Record<string, unknown>} */ (left)[key],
          /** @type {Record<string, unknown>} */ (right)[key],
        ),
    )
  );
}

/**
 * Whether a piece of data has named parts: neither a list nor a single value.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
