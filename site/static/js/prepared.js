/**
 * What the build computed: a figure, or the frames of one.
 */

import { asset, deliver } from "./deliver.js";

/**
 * @template T
 * @param {string} url
 * @param {(value: unknown) => value is T} fits Whether the file holds what it should.
 * @returns {Promise<T>} Rejects when the file does not arrive as the build wrote it.
 */
export async function prepared(url, fits) {
  const value = JSON.parse(new TextDecoder().decode(await deliver(asset(url))));
  if (!fits(value)) throw new Error(`${url} holds something else`);
  return value;
}
