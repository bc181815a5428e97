/**
 * Long work in pieces: several figures that are laid out at once, or one as soon as Plotly's script has run, would keep
 * the page from its reader for as long as all of it takes.
 */

/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * Resolves in a task of its own, after all that have asked before.
 * @returns {Promise<unknown>}
 */
export function turn() {
  last = last.then(() => new Promise((resolve) => setTimeout(resolve)));
  return last;
}
