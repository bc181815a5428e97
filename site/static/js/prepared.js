/**
 * The figure as the build computed it.
 *
 * @import { Rendered } from "./types.d.ts"
 */

import { asset, deliver } from "./deliver.js";
import { isRendered } from "./reply.js";

/**
 * @param {string} url
 * @returns {Promise<Rendered>} Rejects when the file does not arrive as the build wrote it.
 */
export async function prepared(url) {
  const rendered = JSON.parse(new TextDecoder().decode(await deliver(asset(url))));
  if (!isRendered(rendered)) throw new Error(`${url} is no figure`);
  return rendered;
}
