/**
 * Python's home: starts Pyodide from verified files, then draws figures by calling `l2widgets.render_json`.
 * One JSON string each way; no code is ever sent here.
 *
 * @import { FailureCode, PyodideModule, RenderJson, Reply, Request, RuntimeManifest } from "./types.d.ts"
 */

import { download, LoadError } from "./loader.js";

const MEBIBYTE = 2 ** 20;
const PAGE_BYTES = 65536;

/** Stages are reported at most this often, in milliseconds. */
const REPORT_EVERY = 80;

/** @type {RenderJson | null} */
let render = null;

/** @param {Reply} reply */
const post = (reply) => postMessage(JSON.stringify(reply));

addEventListener("message", (event) => {
  /** @type {Request} */
  const request = JSON.parse(event.data);
  if (request.type === "ping") post({ type: "pong", id: request.id });
  else if (request.type === "run") run(request);
  else boot(request.runtime);
});

/** @param {Extract<Request, { type: "run" }>} request */
function run({ id, widget, params }) {
  try {
    if (!render) throw new LoadError("start", "Python was asked before it was ready.");
    // The figure's JSON goes through as it is: neither parsed nor written again.
    const rendered = render(widget, JSON.stringify(params));
    postMessage(`{"type":"figure","id":${id},"rendered":${rendered}}`);
  } catch (error) {
    post({ type: "failed", id, ...explained(error) });
  }
}

/** @param {RuntimeManifest} runtime */
async function boot(runtime) {
  try {
    capMemory();
    render = await started(runtime);
    post({ type: "ready" });
  } catch (error) {
    const failure =
      error instanceof LoadError
        ? { code: error.code, message: error.message }
        : {
            code: /** @type {const} */ ("start"),
            message: `Python did not start (${error instanceof Error ? error.message : error}). Try again.`,
          };
    post({ type: "failed", ...failure });
  }
}

/**
 * @param {RuntimeManifest} runtime
 * @returns {Promise<RenderJson>}
 */
async function started(runtime) {
  let last = 0;
  const files = download(runtime, (loaded, total) => {
    const now = performance.now();
    if (now - last < REPORT_EVERY && loaded < total) return;
    last = now;
    post({ type: "stage", stage: "download", loaded, total });
  });
  const lock = new TextDecoder().decode(await files.bytes("pyodide-lock.json"));
  const compiled = await files.module();
  // Verified, and in the browser's cache, from where import() takes them.
  await Promise.all(["pyodide.mjs", "pyodide.asm.mjs", "python_stdlib.zip"].map(files.bytes));

  post({ type: "stage", stage: "start", loaded: 0, total: 0 });
  const refused = serveVerified(runtime, files.bytes, compiled);
  /** @type {PyodideModule} */
  const { loadPyodide } = await import(`${runtime.base}pyodide.mjs`);
  const pyodide = await Promise.race([
    loadPyodide({
      indexURL: runtime.base,
      packageBaseUrl: runtime.base,
      lockFileContents: lock,
      enableRunUntilComplete: false,
      stdin: () => null,
      stdout: () => {},
      stderr: () => {},
    }),
    refused,
  ]);

  post({ type: "stage", stage: "packages", loaded: 0, total: 0 });
  const wheels = Object.keys(runtime.files).filter((name) => name.endsWith(".whl"));
  await Promise.all(wheels.map(files.bytes));
  // loadPackage() only logs what it could not load, so that has to be looked for.
  /** @type {string[]} */
  const complaints = [];
  const loaded = await pyodide.loadPackage(runtime.packages, {
    messageCallback: () => {},
    errorCallback: (/** @type {string} */ text) => complaints.push(text),
  });
  const missing = runtime.packages.filter((name) => !loaded.some((entry) => entry.name === name));
  if (missing.length > 0)
    throw new LoadError(
      "start",
      `Python started without ${missing.join(" and ")}${complaints.length > 0 ? ` (${complaints.join("; ")})` : ""}. Try again.`,
    );

  post({ type: "stage", stage: "import", loaded: 0, total: 0 });
  const l2widgets = pyodide.pyimport("l2widgets");
  const callable = l2widgets.render_json.copy();
  l2widgets.destroy();
  return callable;
}

/**
 * Give Pyodide the verified files, and nothing else, whenever it fetches or compiles.
 * @param {RuntimeManifest} runtime
 * @param {(name: string) => Promise<Uint8Array<ArrayBuffer>>} bytes
 * @param {WebAssembly.Module} compiled
 * @returns {Promise<never>} Rejects when the interpreter cannot be instantiated, of which Pyodide itself would say nothing.
 */
function serveVerified(runtime, bytes, compiled) {
  globalThis.fetch = async (input) => {
    const url = input instanceof Request ? input.url : String(input);
    const name = url.startsWith(runtime.base) ? url.slice(runtime.base.length) : "";
    if (name.endsWith(".wasm")) return new Response(); // it is compiled already
    return new Response(await bytes(name));
  };
  return new Promise((_, reject) => {
    WebAssembly.instantiateStreaming = async (_source, imports) => {
      try {
        const instance = await WebAssembly.instantiate(compiled, imports);
        return { module: compiled, instance };
      } catch (error) {
        reject(error);
        throw error;
      }
    };
  });
}

/** A list that grows without end shall meet MemoryError, not the end of the tab. */
function capMemory() {
  const small = (navigator.deviceMemory ?? 8) <= 4 || /iPhone|iPad|iPod/.test(navigator.userAgent);
  const cap = (small ? 256 : 512) * MEBIBYTE;
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * PAGE_BYTES > cap)
      throw new RangeError("more memory than this page allows");
    return grow.call(this, pages);
  };
}

/**
 * What Python raised, as a failure.
 * @param {unknown} error
 * @returns {{ code: FailureCode, message: string }}
 */
function explained(error) {
  if (!(error instanceof Error)) return { code: "python", message: String(error) };
  const type = "type" in error ? String(error.type) : "";
  const lastLine = error.message.trim().split("\n").at(-1) ?? "";
  const text = lastLine.replace(/^[\w.]+: /, "");
  if (type === "ParamError") return { code: "param", message: text };
  if (type.endsWith("MemoryError"))
    return {
      code: "memory",
      message:
        "These settings need more memory than this page allows. Python starts again; choose smaller ones.",
    };
  if (type !== "") return { code: "python", message: lastLine };
  // Not an exception of Python's: the interpreter itself has failed.
  return { code: "fatal", message: `Python stopped (${error.message}).` };
}
