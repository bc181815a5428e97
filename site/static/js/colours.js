/**
 * The theme's colour of each role. Figures say "role:penalty"; the custom property --role-penalty of the page says which
 * colour that is now.
 */

const PREFIX = "role:";

/** Called when the colours may have changed. */
/** @type {Set<() => void>} */
const listeners = new Set();

/** @type {Map<string, string>} */
const known = new Map();

/** @param {string} name */
function colourOf(name) {
  let colour = known.get(name);
  if (colour === undefined) {
    const style = getComputedStyle(document.documentElement);
    colour = style.getPropertyValue(`--role-${name}`).trim() || "currentcolor";
    known.set(name, colour);
  }
  return colour;
}

/**
 * A copy of plain data with colours in the place of roles. Arrays of numbers are shared, not copied.
 * @template T
 * @param {T} value
 * @returns {T}
 */
export function coloured(value) {
  return /** @type {T} */ (colouredAny(value));
}

/**
 * @param {unknown} value
 * @returns {unknown}
 */
function colouredAny(value) {
  if (typeof value === "string")
    return value.startsWith(PREFIX) ? colourOf(value.slice(PREFIX.length)) : value;
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(colouredAny);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, colouredAny(inner)]));
}

/** @param {() => void} listener */
export function onColoursChanged(listener) {
  listeners.add(listener);
}

function changed() {
  known.clear();
  for (const listener of listeners) listener();
}

new MutationObserver(changed).observe(document.documentElement, {
  attributeFilter: ["data-theme"],
});
for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"])
  matchMedia(query).addEventListener("change", changed);
