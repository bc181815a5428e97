/**
 * The figure as the build computed it. A damaged copy in the browser's cache is passed over once.
 *
 * @import { Rendered } from "./types.d.ts"
 */

import { isRendered } from "./reply.js";

/**
 * @param {string} url
 * @returns {Promise<Rendered>}
 */
export async function prepared(url) {
  for (const cache of /** @type {const} */ (["default", "reload"])) {
    try {
      const rendered = await (await fetch(url, { cache })).json();
      if (isRendered(rendered)) return rendered;
    } catch {
      // the second try, then the caller's picture
    }
  }
  throw new Error(`${url} did not arrive`);
}
