/**
 * Python's memory as it was after its first figures, in a file that only this site's pages can read: the next visit
 * goes on from there, and neither starts Python nor imports NumPy.
 *
 * The file is this browser's own work, so that no manifest knows it. It was made from verified files, its digest is
 * compared like theirs, and it is believed once: it is not used again before a figure has come of it.
 *
 * @import { EmscriptenModule, Memory, Pyodide, PyodideFactory } from "./types.d.ts"
 */

/** The file: whether it is being tried, the digest of all that follows, the length of the note, the note, the memory. */
const DIGEST = 4;
const LENGTH = 36;
const NOTE = 40;

/** A memory that has grown beyond this is the work of one reader's settings, not of the start. */
const LARGEST = 1 << 26;

/** What is written at once; a figure that is asked for meanwhile waits no longer than that takes. */
const CHUNK = 1 << 22;

/**
 * The memory that was kept for these files and this browser; null when there is none that can be used.
 * @param {string} base
 * @returns {Promise<Memory | null>}
 */
export async function recall(base) {
  try {
    const file = await opened(base);
    const bytes = new Uint8Array(file.getSize());
    file.read(bytes, { at: 0 });
    const tried = bytes[0] !== 0;
    file.write(Uint8Array.of(1), { at: 0 });
    file.close();
    if (tried) return null;
    const digest = await digestOf(bytes.subarray(LENGTH));
    if (digest.some((byte, index) => byte !== bytes[DIGEST + index])) return null;
    const length = new DataView(bytes.buffer).getUint32(LENGTH, true);
    const note = JSON.parse(new TextDecoder().decode(bytes.subarray(NOTE, NOTE + length)));
    const snapshot = bytes.subarray(NOTE + Math.ceil(length / 4) * 4);
    return note.agent === navigator.userAgent ? { ...note, snapshot } : null;
  } catch {
    return null; // there is none, storage is refused, or another tab is at it
  }
}

/**
 * Emscripten's factory, for a Python that goes on from a memory, if there is one.
 * @param {PyodideFactory} create
 * @param {Memory | null} memory
 * @returns {PyodideFactory}
 */
export const resuming = (create, memory) => (settings) => {
  settings.preRun.push((module) => {
    module.l2Table = module.wasmTable.length;
    if (!memory) return;
    // By their places in this table, the memory speaks of functions.
    if (module.l2Table !== memory.table) throw new Error("this memory is another interpreter's");
    module.growMemory(memory.snapshot.length);
  });
  return create(settings);
};

/**
 * Give back what is not in the memory itself: which shared object each handle means.
 * @param {EmscriptenModule} module
 * @param {Memory} memory
 */
export function reconnect({ LDSO, preloadedWasm }, { handles }) {
  const refcount = Number.POSITIVE_INFINITY; // never closed
  for (const [handle, name] of handles)
    LDSO.loadedLibsByHandle[handle] = { name, exports: preloadedWasm[name], refcount, global: false };
}

/**
 * Keep the memory for the next visit.
 * @param {string} base
 * @param {Pyodide} pyodide
 * @param {object} known The one object of JavaScript's that the next visit can give back to Python.
 */
export async function keep(base, pyodide, known) {
  if (pyodide._module.HEAPU8.length > LARGEST) return;
  const file = await opened(base, true);
  try {
    const bytes = filed(pyodide, known);
    bytes.set(await digestOf(bytes.subarray(LENGTH)), DIGEST);
    file.truncate(0);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      file.write(bytes.subarray(at, at + CHUNK), { at });
      await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    file.close();
  }
}

/**
 * The file but for its digest.
 * @param {Pyodide} pyodide
 * @param {object} known
 */
function filed({ _api, _module, makeMemorySnapshot }, known) {
  const handles = Object.entries(_module.LDSO.loadedLibsByHandle)
    .filter(([handle]) => handle !== "0") // the interpreter itself
    .map(([handle, { name }]) => [Number(handle), name]);
  const text = JSON.stringify({ agent: navigator.userAgent, table: _module.l2Table, handles });
  const note = new TextEncoder().encode(text);
  const start = NOTE + Math.ceil(note.length / 4) * 4; // the memory is read as words
  _api.config._makeSnapshot = true; // said at the start, it would put a proxy before everything that is JavaScript's
  const snapshot = makeMemorySnapshot({
    serializer(object) {
      if (object !== known) throw new Error("Python holds something that cannot be kept");
      return "known";
    },
  });
  _api.config._makeSnapshot = false;
  const bytes = new Uint8Array(start + snapshot.length);
  new DataView(bytes.buffer).setUint32(LENGTH, note.length, true);
  bytes.set(note, NOTE);
  bytes.set(snapshot, start);
  return bytes;
}

/**
 * A figure has come of the memory that was recalled.
 * @param {string} base
 */
export async function confirm(base) {
  try {
    const file = await opened(base);
    file.write(Uint8Array.of(0), { at: 0 });
    file.close();
  } catch {
    // another tab is at it; at worst, the next visit starts from the beginning
  }
}

/**
 * @param {string} base
 * @param {boolean} [create] Whether it is going to be written, and all that older files have left can go.
 */
async function opened(base, create = false) {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(encodeURIComponent(new URL("..", base).pathname), { create });
  const name = base.split("/").at(-2) ?? "";
  if (create) for await (const other of folder.keys()) if (other !== name) await folder.removeEntry(other);
  return (await folder.getFileHandle(name, { create })).createSyncAccessHandle();
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
const digestOf = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
