/**
 * Fetches what the build computed. A damaged copy in the browser's cache is passed over once.
 */

/** Milliseconds that a file may take. */
const PATIENCE = 8000;

/**
 * @template T
 * @param {string} url
 * @param {(value: unknown) => value is T} fits Whether the file holds what it should.
 * @returns {Promise<T>}
 */
export async function prepared(url, fits) {
  for (const cache of /** @type {const} */ (["default", "reload"])) {
    try {
      const response = await fetch(url, { cache, signal: AbortSignal.timeout(PATIENCE) });
      const value = await response.json();
      if (fits(value)) return value;
    } catch {
      // the second try, then the caller's own way out
    }
  }
  throw new Error(`${url} did not arrive`);
}
