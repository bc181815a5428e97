/**
 * Python's home: starts Pyodide from verified files, then draws figures by calling `l2widgets.render_json` and `advance_json`.
 * One JSON string each way. Code is sent here by readers alone; before it runs, the worker is locked down, and from then on
 * it keeps nothing for the next visit.
 *
 * @import { AdvanceJson, FailureCode, Memory, Parts, PyodideScript, RenderJson, Reply, Request, RuntimeManifest } from "./types.d.ts"
 */

import { DeliveryError } from "./deliver.js";
import { download, fetchNow } from "./loader.js";
import { forget } from "./memory-folder.js";
import { compiled, lay, linking, unpacked } from "./pack.js";
import { PATIENCE } from "./patience.js";
import { addressOf } from "./python-files.js";
import { lockDown } from "./worker-lockdown.js";
import { confirm, keep as keepMemory, mark, recall, reconnect, resuming } from "./worker-memory.js";

// The worker's own, for what Python finds there may be replaced.
const { postMessage } = globalThis;
const { parse, stringify } = JSON;

const PAGE_BYTES = 65536;

/** A figure's JSON may have this many characters: what no page could draw in time is not sent there. */
const LARGEST = 2_000_000;
/** And a sentence about what Python raised. */
const LONGEST = 300;
/** And what a reader's code prints in one run, whatever it does to what counts that in Python. */
const MOST_PRINTED = 80_000;
/** In so many parcels. */
const MOST_PARCELS = 1000;

const TOO_LARGE =
  "This figure is too large to be drawn at these settings (more than 2 MB). Choose others, or try again.";

/** Stages are reported at most this often, in milliseconds. */
const REPORT_EVERY = 80;

/** @type {RenderJson | null} */
let render = null;
/** @type {AdvanceJson | null} */
let advance = null;

/** Lets the files come that are held back. */
let go = () => {};

/** What is done once when a figure has been drawn, and once when none has been asked for since. */
let whenDrawn = () => {};
/** @type {() => unknown} */
let whenIdle = () => {};
/** What is done before a reader's code runs for the first time. */
let whenOpened = () => {};
/** Whether it has. */
let opened = false;
/** Resolves when no memory is being written. */
let keeping = Promise.resolve();
/** @type {number | undefined} */
let pause;

/** @type {() => import("./types.d.ts").AnswerJson} */
let answering = () => {
  throw new Error("it was asked before it was ready");
};

/** In bytes, once Python is there. */
let heapSize = () => 0;

/** @param {Reply} reply */
const post = (reply) => postMessage(stringify(reply));

addEventListener("message", (event) => {
  /** @type {Request} */
  const request = parse(event.data);
  if (request.type === "ping") post({ type: "pong", id: request.id });
  else if (request.type === "boot") boot(request);
  else if (request.type === "go") go();
  else if (request.source === undefined) run(request);
  else runReaders(request, request.source);
});

/** @param {Extract<Request, { type: "run" }>} request */
function run({ id, widget, params, from }) {
  clearTimeout(pause);
  try {
    if (!render || !advance) throw new Error("it was asked before it was ready");
    // The figure's JSON goes through as it is: neither parsed nor written again.
    const rendered = from
      ? advance(widget, JSON.stringify(params), from.state, from.slices, true)
      : render(widget, JSON.stringify(params), true);
    if (rendered.length > LARGEST) post({ type: "failed", id, code: "size", message: TOO_LARGE });
    else postMessage(`{"type":"figure","id":${stringify(id)},"rendered":${rendered}}`);
    whenDrawn();
    pause = setTimeout(() => whenIdle(), PATIENCE.idle);
  } catch (error) {
    post({ type: "failed", id, ...explained(error) });
  }
}

/**
 * Run what a reader has written, in a worker that has been locked down.
 * @param {Extract<Request, { type: "run" }>} request
 * @param {string} source
 */
async function runReaders({ id, widget, params, from }, source) {
  clearTimeout(pause);
  let left = MOST_PRINTED;
  let parcels = MOST_PARCELS;
  const say = (/** @type {unknown} */ printed) => {
    const text = `${printed}`.slice(0, left);
    left -= text.length;
    parcels -= 1;
    if (text !== "" && parcels >= 0) post({ type: "output", id, text });
  };
  try {
    if (!opened) {
      await keeping;
      opened = true;
      whenOpened();
      lockDown();
    }
    const answer = answering()(stringify({ widget, params, from }), source, say);
    if (answer.length > LARGEST) post({ type: "failed", id, code: "size", message: TOO_LARGE });
    else postMessage(`{"type":"answer","id":${stringify(id)},"answer":${answer}}`);
  } catch (error) {
    // What the code raised is in the answer: here the interpreter itself has failed.
    const reason = shortened(said(error).trim().split("\n").at(-1) ?? "");
    const message = `The code broke Python down (${reason}), so Python starts again.`;
    post({ type: "failed", id, code: "fatal", message });
  }
  pause = setTimeout(() => whenIdle(), PATIENCE.idle);
}

/** @param {Extract<Request, { type: "boot" }>} request */
async function boot(request) {
  const { id } = request;
  try {
    capMemory(request.memory);
    const { pyodide, resumed } = await started(request);
    post({ type: "stage", id, stage: "import", loaded: 0, total: 0 });
    const l2widgets = pyodide.pyimport("l2widgets");
    render = l2widgets.render_json.copy();
    advance = l2widgets.advance_json.copy();
    l2widgets.destroy();
    heapSize = () => pyodide._module.HEAPU8.length;
    answering = () => {
      const workbench = pyodide.pyimport("l2widgets.workbench");
      const answer = workbench.answer_json.copy();
      workbench.destroy();
      answering = () => answer;
      return answer;
    };
    post({ type: "ready", id, heap: heapSize(), resumed });
  } catch (error) {
    if (error instanceof DeliveryError)
      post({
        type: "failed",
        id,
        code: error.code,
        message: `Python could not be downloaded: ${error.message}`,
      });
    else
      post({
        type: "failed",
        id,
        code: "start",
        message: `Python did not start (${said(error)}). Try again.`,
      });
  }
}

/**
 * Python, from the beginning or from where an earlier visit has left it.
 * @param {Extract<Request, { type: "boot" }>} request
 */
async function started({ id, runtime, resume, keep, held }) {
  const { base } = runtime;
  const free = new Promise((resolve) => {
    go = () => resolve(undefined);
  });
  const remembered = resume ? recall(runtime) : forget(base).then(() => null);
  const parts = await fetched(
    runtime,
    (loaded, total) => post({ type: "stage", id, stage: "download", loaded, total }),
    held ? free : undefined,
  );
  const memory = await timely(remembered);

  post({ type: "stage", id, stage: "start", loaded: 0, total: 0 });
  if (memory) {
    try {
      mark(memory);
      const pyodide = await resumed(parts, runtime, memory);
      whenDrawn = () => {
        whenDrawn = () => {};
        whenOpened = () => {};
        confirm(memory);
      };
      // Nobody knows whether it is good, and nobody will: it is not used again.
      whenOpened = () => {
        whenDrawn = () => {};
        memory.file.close();
      };
      return { pyodide, resumed: true };
    } catch {
      memory.file.close();
      await forget(base);
    }
  }
  const { pyodide, rest } = await begun(parts, runtime);
  pyodide.registerJsModule("l2_rest", rest);
  whenIdle = async () => {
    whenIdle = () => {};
    let kept = false;
    try {
      pyodide.pyimport("l2_idle").settle();
      // With the rest of Python, the memory would speak of files that the next visit does not have.
      // With a reader's doings, the next visit would go on from them.
      if (keep && !rest.laid && !opened) {
        const written = keepMemory(runtime, pyodide, rest);
        keeping = written.then(() => {});
        kept = await written;
      }
    } catch {
      // no room for it in Python: whoever asks for the next figure hears of that
    }
    post({ type: "settled", id, kept });
  };
  return { pyodide, resumed: false };
}

/**
 * The files that Python is made of. Each goes to work as soon as it is there: scripts are read and shared objects
 * compiled beside the interpreter.
 * @param {RuntimeManifest} runtime
 * @param {(loaded: number, total: number) => void} report
 * @param {Promise<unknown>} [free] Until when the interpreter has the line for itself.
 * @returns {Promise<Parts>}
 */
async function fetched(runtime, report, free) {
  let last = 0;
  const files = download(
    runtime,
    (loaded, total) => {
      const now = performance.now();
      if (now - last < REPORT_EVERY && loaded < total) return;
      last = now;
      report(loaded, total);
    },
    free,
  );
  const interpreter = files.module();
  const script = files
    .bytes("pyodide.asm.mjs")
    .then(() => import(addressOf(runtime, "pyodide.asm.mjs")))
    .then((module) => module.default);
  const shim = files.bytes("pyodide.mjs").then(() => import(addressOf(runtime, "pyodide.mjs")));
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
  return { module, create, loadPyodide, objects, archives };
}

/**
 * The memory, unless the disk is so slow that starting Python is quicker.
 * @param {Promise<Memory | null>} remembered
 */
async function timely(remembered) {
  let late = false;
  remembered.then((memory) => late && memory?.file.close());
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE.recall, null));
  const memory = /** @type {Memory | null} */ (await Promise.race([remembered, patience]));
  late = memory === null;
  return memory;
}

/**
 * Python as it is in a memory, but for what is random.
 * @param {Parts} parts
 * @param {RuntimeManifest} runtime
 * @param {Memory} memory
 */
async function resumed(parts, runtime, memory) {
  const { pyodide } = await begun(parts, runtime, memory);
  reconnect(pyodide._module, memory);
  pyodide.pyimport("l2_idle").wake();
  return pyodide;
}

/**
 * Python at its beginning, or with a memory; and what it fetches the rest by when code asks for what no figure imports.
 * It waits meanwhile, and checks what it gets (src/l2site/pack/sitecustomize.py).
 * @param {Parts} parts
 * @param {RuntimeManifest} runtime
 * @param {Memory | null} [memory]
 */
async function begun(parts, runtime, memory = null) {
  const { base, lock, later } = runtime;
  const { module, create, loadPyodide, objects, archives } = parts;
  /** @type {Set<string>} */
  const asked = new Set();
  const rest = {
    laid: false,
    sha256: (/** @type {string} */ archive) => later[archive]?.sha256,
    fetch(/** @type {string} */ archive) {
      const past = asked.has(archive); // whoever asks again got something damaged
      asked.add(archive);
      return fetchNow(addressOf(runtime, archive), past);
    },
    lay(/** @type {Uint8Array<ArrayBuffer>} */ archive) {
      rest.laid = true;
      lay(pyodide.FS, unpacked(archive));
    },
  };
  const refused = serveVerified(module);
  // For the first trace of an error, and the script raises and catches some, Chromium reads all of the script again.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const pyodide = await Promise.race([
    loadPyodide({
      createPyodideModule: linking(resuming(create, memory), objects),
      ...(memory && { _loadSnapshot: memory.snapshot, _snapshotDeserializer: () => rest }),
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
  ]).finally(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });
  return { pyodide, rest };
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
