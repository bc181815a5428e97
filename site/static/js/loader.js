/**
 * Fetches the files that Python needs: all at once, each verified, with progress.
 *
 * @import { RuntimeManifest } from "./types.d.ts"
 */

import { DeliveryError, deliver } from "./deliver.js";
import { addressOf } from "./python-files.js";

// The worker's own, for what Python finds there may be replaced.
const { WebAssembly, XMLHttpRequest } = globalThis;

const INTERPRETER = "pyodide.asm.wasm";

/**
 * Whether an answer can be compiled and kept at the same time. All of Firefox (140) ends when two read one answer that
 * came by way of a service worker; it compiles the whole as quickly.
 */
const TWO_READERS = !/\bGecko\//.test(navigator.userAgent);

/**
 * @typedef {object} Files
 * @property {(name: string) => Promise<Uint8Array<ArrayBuffer>>} bytes A file's verified bytes, when they are all there.
 * @property {() => Promise<WebAssembly.Module>} module The interpreter, compiled while it arrived.
 */

/**
 * Start every download, or let some wait.
 * @param {RuntimeManifest} runtime
 * @param {(loaded: number, total: number) => void} progress Called as bytes arrive and when a try begins.
 * @param {Promise<unknown>} [free] All but the interpreter are asked for when it resolves.
 * @returns {Files}
 */
export function download(runtime, progress, free) {
  const files = Object.entries(runtime.files);
  const total = files.reduce((sum, [, { size }]) => sum + size, 0);
  const line = { heard: 0 };
  /** @type {Map<string, number>} */
  const arrived = new Map();
  const report = (/** @type {string} */ name, /** @type {number} */ loaded) => {
    arrived.set(name, loaded);
    progress(
      [...arrived.values()].reduce((sum, bytes) => sum + bytes, 0),
      total,
    );
  };
  /** @type {Promise<WebAssembly.Module | null>} */
  let compiled = Promise.resolve(null);
  /** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} */
  const pending = new Map();
  for (const [name, { size, sha256 }] of files) {
    const use = (/** @type {Response} */ response) => {
      // Compiling while streaming keeps the browser's cache of compiled code; a wrong type or damage shows below.
      if (name === INTERPRETER && TWO_READERS)
        compiled = WebAssembly.compileStreaming(response.clone()).catch(() => null);
    };
    const parcel = { url: addressOf(runtime, name), title: title(name), size, sha256 };
    const begin = () => deliver(parcel, { line, use, report: (loaded) => report(name, loaded) });
    const file = free && name !== INTERPRETER ? free.then(begin) : begin();
    file.catch(() => {}); // whoever asks for the file hears of it
    pending.set(name, file);
  }
  const bytes = (/** @type {string} */ name) =>
    pending.get(name) ?? Promise.reject(new DeliveryError("download", `${name} is not in the manifest.`));
  return {
    bytes,
    async module() {
      const whole = await bytes(INTERPRETER);
      return (await compiled) ?? WebAssembly.compile(whole);
    },
  };
}

/**
 * A file's bytes, for which everything waits: Python cannot go on without a module that it imports.
 * @param {string} url
 * @param {boolean} past Whether to go past the browser's cache.
 * @returns {Uint8Array<ArrayBuffer>} Not verified.
 */
export function fetchNow(url, past) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  if (past) request.setRequestHeader("Cache-Control", "no-cache");
  try {
    request.send();
  } catch {
    throw new Error("the rest of Python did not arrive");
  }
  if (request.status !== 200) throw new Error(`the server answered ${request.status} for the rest of Python`);
  return new Uint8Array(request.response);
}

/**
 * A file as people know it: an archive by what it holds.
 * @param {string} name
 */
const title = (name) => name.replace(/\.zip$/, "");
