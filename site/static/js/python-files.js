/**
 * Where Python's files lie.
 *
 * @import { RuntimeManifest } from "./types.d.ts"
 */

/**
 * The address of a file: each lies in a folder named after its own digest, and has another address when it is another.
 * @param {RuntimeManifest} runtime
 * @param {string} name
 */
export function addressOf({ base, files, later, packed }, name) {
  const sha256 = (files[name] ?? later[name])?.sha256 ?? "";
  const ending = packed && name in files && name.endsWith(".zip") ? ".gz" : "";
  return `${base}${sha256.slice(0, 16)}/${name}${ending}`;
}
