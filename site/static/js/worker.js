/**
 * Python's home: starts Pyodide from verified files, then draws figures by calling `l2widgets.render_json`.
 * One JSON string each way; no code is ever sent here.
 *
 * @import { FailureCode, Memory, Parts, PyodideScript, RenderJson, Reply, Request, RuntimeManifest } from "./types.d.ts"
 */

import { DeliveryError } from "./deliver.js";
import { download, fetchNow } from "./loader.js";
import { compiled, lay, linking, unpacked } from "./pack.js";
import { confirm, keep, recall, reconnect, resuming } from "./worker-memory.js";

// The worker's own, for what Python finds there may be replaced.
const { postMessage } = globalThis;

const PAGE_BYTES = 65536;

/** A figure's JSON may have this many characters: what no page could draw in time is not sent there. */
const LARGEST = 2_000_000;
/** And a sentence about what Python raised. */
const LONGEST = 300;

const TOO_LARGE =
  "This figure is too large to be drawn at these settings (more than 2 MB). Choose others, or try again.";

/** Stages are reported at most this often, in milliseconds. */
const REPORT_EVERY = 80;

/** How long nothing must have been asked for until Python does what can wait, and how long a memory may take to come. */
const PAUSE = 1000;
const RECALL = 500;

/** @type {RenderJson | null} */
let render = null;

/** What is done once when a figure has been drawn, and once when none has been asked for since. */
let whenDrawn = () => {};
/** @type {() => unknown} */
let whenIdle = () => {};
/** @type {number | undefined} */
let pause;

/** In bytes, once Python is there. */
let heapSize = () => 0;

/** Whether Python goes on from the memory of an earlier visit. */
let resumed = false;

/** @param {Reply} reply */
const post = (reply) => postMessage(JSON.stringify(reply));

addEventListener("message", (event) => {
  /** @type {Request} */
  const request = JSON.parse(event.data);
  if (request.type === "ping") post({ type: "pong", id: request.id });
  else if (request.type === "run") run(request);
  else boot(request);
});

/** @param {Extract<Request, { type: "run" }>} request */
function run({ id, widget, params }) {
  clearTimeout(pause);
  try {
    if (!render) throw new Error("it was asked before it was ready");
    // The figure's JSON goes through as it is: neither parsed nor written again.
    const rendered = render(widget, JSON.stringify(params));
    if (rendered.length > LARGEST) post({ type: "failed", id, code: "size", message: TOO_LARGE });
    else postMessage(`{"type":"figure","id":${id},"rendered":${rendered}}`);
    whenDrawn();
    pause = setTimeout(() => whenIdle(), PAUSE);
  } catch (error) {
    post({ type: "failed", id, ...explained(error) });
  }
}

/** @param {Extract<Request, { type: "boot" }>} request */
async function boot({ runtime, memory }) {
  try {
    capMemory(memory);
    render = await started(runtime);
    post({ type: "ready", heap: heapSize(), resumed });
  } catch (error) {
    if (error instanceof DeliveryError)
      post({ type: "failed", code: error.code, message: `Python could not be downloaded: ${error.message}` });
    else
      post({ type: "failed", code: "start", message: `Python did not start (${said(error)}). Try again.` });
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
  const memory = recall(runtime.base);
  // Each file goes to work as soon as it is there: scripts are read and shared objects compiled beside the interpreter.
  const interpreter = files.module();
  const script = files
    .bytes("pyodide.asm.mjs")
    .then(() => import(`${runtime.base}pyodide.asm.mjs`))
    .then((module) => module.default);
  const shim = files.bytes("pyodide.mjs").then(() => import(`${runtime.base}pyodide.mjs`));
  const archive = (/** @type {string} */ name) => files.bytes(name).then((bytes) => unpacked(bytes, name));
  const numpy = archive("numpy.zip");
  const [module, create, { loadPyodide }, objects, ...archives] = await Promise.all([
    interpreter,
    script,
    /** @type {Promise<PyodideScript>} */ (shim),
    numpy.then(compiled),
    archive("stdlib.zip"),
    numpy,
    archive("l2widgets.zip"),
  ]);
  const parts = { loadPyodide, create, objects, archives, refused: serveVerified(module) };
  const late = new Promise((resolve) => setTimeout(resolve, RECALL, null));
  const kept = /** @type {Memory | null} */ (await Promise.race([memory, late]));

  post({ type: "stage", stage: "start", loaded: 0, total: 0 });
  const old = kept && (await begun(runtime, parts, kept).catch(() => null));
  const pyodide = old ?? (await begun(runtime, parts, null));
  resumed = old !== null;

  post({ type: "stage", stage: "import", loaded: 0, total: 0 });
  const l2widgets = pyodide.pyimport("l2widgets");
  const callable = l2widgets.render_json.copy();
  l2widgets.destroy();
  heapSize = () => pyodide._module.HEAPU8.length;
  return callable;
}

/**
 * Start Python, or go on from the memory that was kept.
 * @param {RuntimeManifest} runtime
 * @param {Parts} parts
 * @param {Memory | null} kept
 */
async function begun({ base, lock, rest }, { loadPyodide, create, objects, archives, refused }, kept) {
  // Python fetches by this what no figure imports, when code asks for it; it waits meanwhile, and checks what it gets
  // (src/l2site/pack/sitecustomize.py).
  let asked = false;
  const l2_rest = {
    sha256: rest.sha256,
    fetch() {
      const past = asked; // whoever asks again got something damaged
      asked = true;
      return fetchNow(base + rest.name, past);
    },
    lay(/** @type {Uint8Array<ArrayBuffer>} */ archive) {
      whenIdle = () => {}; // the memory would speak of files that the next visit does not have
      lay(pyodide.FS, unpacked(archive));
    },
  };
  const pyodide = await Promise.race([
    loadPyodide({
      createPyodideModule: linking(resuming(create, kept), objects),
      ...(kept && { _loadSnapshot: kept.snapshot, _snapshotDeserializer: () => l2_rest }),
      indexURL: base,
      packageBaseUrl: base,
      lockFileContents: lock,
      fsInit: (FS) => {
        for (const archive of archives) lay(FS, archive);
      },
      enableRunUntilComplete: false,
      stdin: () => null,
      stdout: () => {},
      stderr: () => {},
    }),
    refused,
  ]);
  const l2_idle = () => pyodide.pyimport("l2_idle");
  if (kept) {
    reconnect(pyodide._module, kept);
    l2_idle().wake();
    whenDrawn = () => {
      whenDrawn = () => {};
      confirm(base);
    };
  } else {
    pyodide.registerJsModule("l2_rest", l2_rest);
    whenIdle = async () => {
      whenIdle = () => {};
      try {
        l2_idle().settle();
        await keep(base, pyodide, l2_rest);
      } catch {
        // Nobody waits for this: when storage is refused or full, the next visit starts as this one did.
      }
    };
  }
  return pyodide;
}

/**
 * Give Pyodide the interpreter that was verified, and nothing else: all its other files are laid down already.
 * @param {WebAssembly.Module} module
 * @returns {Promise<never>} Rejects when the interpreter cannot be instantiated, of which Pyodide itself would say nothing.
 */
function serveVerified(module) {
  globalThis.fetch = async () => new Response();
  return new Promise((_, reject) => {
    WebAssembly.instantiateStreaming = async (_source, imports) => {
      try {
        const instance = await WebAssembly.instantiate(module, imports);
        return { module, instance };
      } catch (error) {
        reject(error);
        throw error;
      }
    };
  });
}

/**
 * A list that grows without end shall meet MemoryError, not the end of the tab.
 * @param {number} most In bytes.
 */
function capMemory(most) {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * PAGE_BYTES > most)
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
  const type = error instanceof Error && "type" in error ? String(error.type) : "";
  const lastLine = said(error).trim().split("\n").at(-1) ?? "";
  if (type === "ParamError") return { code: "param", message: shortened(lastLine.replace(/^[\w.]+: /, "")) };
  if (type.endsWith("MemoryError"))
    return {
      code: "memory",
      message:
        "These settings need more memory than this page allows. Python starts again; choose smaller ones.",
    };
  const reason = shortened(lastLine);
  if (type !== "")
    return {
      code: "python",
      message: `This figure failed at these settings (${reason}). Choose others, or try again.`,
    };
  // Not an exception of Python's: the interpreter itself has failed.
  return {
    code: "fatal",
    message: `Python broke down at these settings (${reason}) and starts again. Choose others, or try again.`,
  };
}

/** @param {unknown} error */
const said = (error) => (error instanceof Error ? error.message : String(error));

/** @param {string} text */
const shortened = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
