/**
 * Fetches the files that Python needs: all at once, verified against the build's manifest, with progress, a limit on
 * silence, and second tries that go past a damaged cache.
 *
 * @import { FailureCode, RuntimeManifest } from "./types.d.ts"
 */

import { progressText } from "./megabytes.js";

/** Each try's cache mode, and how long it may receive nothing: together less than 20 s of silence. */
const TRIES = /** @type {const} */ ([
  { cache: "default", patience: 8000 },
  { cache: "reload", patience: 5000 },
  { cache: "reload", patience: 5000 },
]);

const INTERPRETER = "pyodide.asm.wasm";

const HOPE = "Check the connection and try again.";

/** A failure with a sentence for the reader. */
export class LoadError extends Error {
  /**
   * @param {FailureCode} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * @typedef {object} Files
 * @property {(name: string) => Promise<Uint8Array<ArrayBuffer>>} bytes A file's verified bytes, when they are all there.
 * @property {() => Promise<WebAssembly.Module>} module The interpreter, compiled while it arrived.
 */

/**
 * Start every download.
 * @param {RuntimeManifest} runtime
 * @param {(loaded: number, total: number) => void} progress Called as bytes arrive and when a try begins.
 * @returns {Files}
 */
export function download(runtime, progress) {
  const names = Object.keys(runtime.files);
  const total = names.reduce((sum, name) => sum + sizeOf(runtime, name), 0);
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
  for (const name of names) {
    const use = (/** @type {Response} */ response) => {
      // Compiling while streaming keeps the browser's cache of compiled code; a wrong type or damage shows below.
      if (name === INTERPRETER) compiled = WebAssembly.compileStreaming(response.clone()).catch(() => null);
    };
    const file = verified(runtime, name, use, (loaded) => report(name, loaded));
    file.catch(() => {}); // whoever asks for the file hears of it
    pending.set(name, file);
  }
  const bytes = (/** @type {string} */ name) =>
    pending.get(name) ??
    Promise.reject(new LoadError("start", `Python asked for ${name}, which is not here.`));
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
 * @returns {Uint8Array<ArrayBuffer>} Not verified.
 */
export function fetchNow(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`the server answered ${request.status} for ${url}`);
  return new Uint8Array(request.response);
}

/**
 * Up to three tries for one file.
 * @param {RuntimeManifest} runtime
 * @param {string} name
 * @param {(response: Response) => void} use
 * @param {(loaded: number) => void} report
 */
async function verified(runtime, name, use, report) {
  /** @type {unknown} */
  let reason;
  for (const { cache, patience } of TRIES) {
    report(0);
    try {
      const whole = await received(runtime, name, cache, patience, use, report);
      await verify(runtime, name, whole);
      return whole;
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

/**
 * One try: the whole file, or an error that says how far it came.
 * @param {RuntimeManifest} runtime
 * @param {string} name
 * @param {RequestCache} cache
 * @param {number} patience
 * @param {(response: Response) => void} use
 * @param {(loaded: number) => void} report
 */
async function received(runtime, name, cache, patience, use, report) {
  const size = sizeOf(runtime, name);
  const abort = new AbortController();
  const giveUp = () => abort.abort();
  let timer = setTimeout(giveUp, patience);
  let loaded = 0;
  const whole = new Uint8Array(size);
  try {
    const response = await fetch(runtime.base + name, {
      cache,
      signal: abort.signal,
    });
    if (!response.ok || !response.body)
      throw new LoadError(
        "download",
        `Python could not be downloaded: the server answered ${response.status} for ${title(name)}. Try again in a while.`,
      );
    use(response);
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
      if (loaded + value.length > size) throw changed(name);
      whole.set(value, loaded);
      loaded += value.length;
      report(loaded);
    }
  } catch (error) {
    throw error instanceof LoadError ? error : broken(name, loaded, size);
  } finally {
    clearTimeout(timer);
  }
  if (loaded < size) throw broken(name, loaded, size);
  return whole;
}

/**
 * @param {RuntimeManifest} runtime
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} whole
 */
async function verify(runtime, name, whole) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== runtime.files[name]?.sha256) throw changed(name);
}

/**
 * @param {string} name
 * @param {number} loaded
 * @param {number} size
 */
const broken = (name, loaded, size) =>
  new LoadError(
    "download",
    `Python could not be downloaded: ${title(name)}, ${progressText(loaded, size)} arrived. ${HOPE}`,
  );

/** @param {string} name */
const changed = (name) =>
  new LoadError(
    "integrity",
    `Python was not started: ${title(name)} was changed on its way here, perhaps by a proxy or a virus scanner. Try again, or use another network.`,
  );

/**
 * A file as people know it: an archive by what it holds.
 * @param {string} name
 */
const title = (name) => name.replace(/\.zip$/, "");

/**
 * @param {RuntimeManifest} runtime
 * @param {string} name
 */
const sizeOf = (runtime, name) => runtime.files[name]?.size ?? 0;
