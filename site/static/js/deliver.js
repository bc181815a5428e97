/**
 * Brings a file: all of it, unchanged, or an error that says in a sentence what became of it. A server that falls silent
 * is not waited for, and every further try goes past the browser's cache, where a damaged copy may lie.
 *
 * @import { FailureCode } from "./types.d.ts"
 */

import { progressText } from "./megabytes.js";
import { PATIENCE } from "./patience.js";

// The worker's own, for what Python finds there may be replaced.
const { crypto, fetch } = globalThis;

/**
 * What is asked for.
 * @typedef {object} Parcel
 * @property {string} url What ends in ".gz" is unpacked; size and digest are those of what is in it.
 * @property {string} title What readers know it as.
 * @property {string} sha256 Of its bytes, in hexadecimal; or how that begins.
 * @property {number} [size] In bytes, if it is known.
 */

/**
 * Who has heard from the server, and when. The files of one line share it: some servers send them one after the other,
 * and a file that waits for its turn is not silent.
 * @typedef {{ heard: number }} Line
 */

/**
 * @typedef {object} Listener
 * @property {boolean} [past] Whether to go past the browser's cache at once.
 * @property {Line} [line]
 * @property {(response: Response) => void} [use] Called with each try's response.
 * @property {(loaded: number) => void} [report] Called as bytes arrive and when a try begins.
 */

/** A file that did not arrive, or not as it was sent. */
export class DeliveryError extends Error {
  /**
   * @param {Extract<FailureCode, "download" | "integrity">} code
   * @param {string} message What became of the file, and what to do: the rest of a sentence.
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * An asset, whose name holds what there is to know: "js/worker.0123456789ab.js".
 * @param {string} url
 * @returns {Parcel}
 */
export function asset(url) {
  const [, stem = url, sha256 = "", suffix = ""] = /([^/]+)\.([0-9a-f]{12})(\.\w+)$/.exec(url) ?? [];
  return { url, title: stem + suffix, sha256 };
}

/**
 * Up to three tries for one file.
 * @param {Parcel} parcel
 * @param {Listener} [listener]
 * @returns {Promise<Uint8Array<ArrayBuffer>>} Verified.
 */
export async function deliver(parcel, { past = false, line = { heard: 0 }, use, report } = {}) {
  /** @type {unknown} */
  let failure;
  for (const [index, patience] of PATIENCE.bytes.entries()) {
    if (past && index === 0) continue;
    if (index === PATIENCE.bytes.length - 1) await new Promise((done) => setTimeout(done, PATIENCE.pause));
    report?.(0);
    try {
      return await attempt(parcel, index === 0 ? "default" : "reload", patience, line, use, report);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * One try.
 * @param {Parcel} parcel
 * @param {RequestCache} cache
 * @param {number} patience
 * @param {Line} line
 * @param {Listener["use"]} use
 * @param {Listener["report"]} report
 */
async function attempt(parcel, cache, patience, line, use, report) {
  const abort = new AbortController();
  const hear = () => {
    line.heard = performance.now();
  };
  const began = performance.now();
  const listen = () => {
    const left = Math.max(began, line.heard) + patience - performance.now();
    if (left > 0) timer = setTimeout(listen, left);
    else abort.abort();
  };
  let timer = setTimeout(listen, patience);
  let whole = new Uint8Array(parcel.size ?? 0);
  let loaded = 0;
  let type = "";
  try {
    const response = await fetch(parcel.url, { cache, signal: abort.signal });
    hear();
    if (!response.ok || !response.body) throw refused(parcel, response.status);
    type = response.headers.get("content-type") ?? "";
    use?.(response);
    const packed = parcel.url.endsWith(".gz");
    const body = packed ? response.body.pipeThrough(new DecompressionStream("gzip")) : response.body;
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hear();
      if (loaded + value.length > whole.length) {
        if (parcel.size !== undefined) throw changed(parcel, type);
        whole = enlarged(whole, loaded + value.length);
      }
      whole.set(value, loaded);
      loaded += value.length;
      report?.(loaded);
    }
  } catch (error) {
    abort.abort(); // an answer that nobody reads would hold its place in the cache
    throw error instanceof DeliveryError ? error : broken(parcel, loaded);
  } finally {
    clearTimeout(timer);
  }
  if (loaded < (parcel.size ?? 0)) throw isPage(type) ? changed(parcel, type) : broken(parcel, loaded);
  whole = whole.subarray(0, loaded);
  if (crypto.subtle && !(await digest(whole)).startsWith(parcel.sha256)) throw changed(parcel, type);
  if (/\.m?js$/.test(parcel.url) && !/(java|ecma)script/.test(type)) throw mistyped(parcel, type);
  return whole;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} needed
 */
function enlarged(bytes, needed) {
  const larger = new Uint8Array(2 * needed);
  larger.set(bytes);
  return larger;
}

/**
 * In hexadecimal.
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} type */
const isPage = (type) => type.startsWith("text/html");

// ---- What became of a file

/**
 * @param {Parcel} parcel
 * @param {number} status
 */
const refused = ({ title }, status) =>
  new DeliveryError("download", `the server answered ${status} for ${title}. Try again in a while.`);

/**
 * @param {Parcel} parcel
 * @param {number} [loaded]
 */
export const broken = ({ title, size }, loaded) =>
  new DeliveryError(
    "download",
    `${size && loaded ? `only ${progressText(loaded, size)} of ${title} arrived` : `${title} did not arrive`}. Check the connection and try again.`,
  );

/**
 * @param {Parcel} parcel
 * @param {string} type
 */
const changed = ({ title }, type) =>
  isPage(type)
    ? new DeliveryError(
        "integrity",
        `a web page came in place of ${title}, as in a network that asks you to sign in. Do so if it does, and try again.`,
      )
    : new DeliveryError(
        "integrity",
        `${title} was changed on its way here, perhaps by a proxy or a virus scanner. Try again, or use another network.`,
      );

/**
 * @param {Parcel} parcel
 * @param {string} type
 */
const mistyped = ({ title }, type) =>
  new DeliveryError(
    "download",
    `${title} came as ${type || "nothing in particular"}, which no browser runs as a script. Try again in a while, or use another network.`,
  );
