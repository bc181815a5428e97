/**
 * Python's memory as it was after its first figures, in a file that only this site's pages can read: the next visit
 * goes on from there, and neither starts Python nor imports NumPy.
 *
 * The file is this browser's own work, so that no manifest knows it. It was made from verified files, its digest is
 * compared like theirs, and it is believed once: it is not used again before a figure has come of it. Whoever tries it holds
 * it, so that another tab meanwhile starts Python from the beginning.
 *
 * @import { EmscriptenModule, Memory, Pyodide, PyodideFactory, RuntimeManifest } from "./types.d.ts"
 */

import { folderName } from "./memory-folder.js";

/** The file: whether it is being tried, the digest of all that follows, the length of the note, the note, the memory. */
const DIGEST = 4;
const LENGTH = 36;
const NOTE = 40;

/** A memory that has grown beyond this is the work of one reader's settings, not of the start. */
const LARGEST = 1 << 26;

/** What is written at once; a figure that is asked for meanwhile waits no longer than that takes. */
const CHUNK = 1 << 22;

/** What the first byte says: a figure came of this memory or none has been asked of it, or it was taken and none came. */
const GOOD = 0;
const TRIED = 1;

/**
 * The memory that was kept for these files and this browser; null when there is none that can be used, and then none is
 * left.
 * @param {RuntimeManifest} runtime
 * @returns {Promise<Memory | null>}
 */
export async function recall({ base, release }) {
  try {
    const folder = await opened(base);
    await removeOthers(folder, release);
    const file = await (await folder.getFileHandle(release)).createSyncAccessHandle();
    const memory = await read(file).catch(() => null);
    if (memory) return memory;
    file.close();
    await folder.removeEntry(release);
  } catch {
    // there is none, storage is refused, or another tab is at it
  }
  return null;
}

/**
 * @param {FileSystemSyncAccessHandle} file
 * @returns {Promise<Memory | null>}
 */
async function read(file) {
  const bytes = new Uint8Array(file.getSize());
  file.read(bytes, { at: 0 });
  if (bytes[0] !== GOOD) return null;
  const digest = await digestOf(bytes.subarray(LENGTH));
  if (digest.some((byte, index) => byte !== bytes[DIGEST + index])) return null;
  const length = new DataView(bytes.buffer).getUint32(LENGTH, true);
  const note = JSON.parse(new TextDecoder().decode(bytes.subarray(NOTE, NOTE + length)));
  if (note.agent !== navigator.userAgent) return null;
  return { ...note, file, snapshot: bytes.subarray(NOTE + Math.ceil(length / 4) * 4) };
}

/**
 * Python is about to go on from the memory.
 * @param {Memory} memory
 */
export function mark({ file }) {
  file.write(Uint8Array.of(TRIED), { at: 0 });
  file.flush();
}

/**
 * A figure has come of it.
 * @param {Memory} memory
 */
export function confirm({ file }) {
  file.write(Uint8Array.of(GOOD), { at: 0 });
  file.close();
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
 * Keep the memory for the next visit, in place of all that is kept.
 * @param {RuntimeManifest} runtime
 * @param {Pyodide} pyodide
 * @param {object} known The one object of JavaScript's that the next visit can give back to Python.
 * @returns {Promise<boolean>} Whether it is kept now; not when storage is refused or full, which takes nothing from anybody.
 */
export async function keep({ base, release }, pyodide, known) {
  if (pyodide._module.HEAPU8.length > LARGEST) return false;
  try {
    const bytes = filed(pyodide, known);
    bytes.set(await digestOf(bytes.subarray(LENGTH)), DIGEST);
    const folder = await opened(base, true);
    await removeOthers(folder, release);
    await write(folder, release, bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * Write a file, all of it or none.
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function write(folder, name, bytes) {
  const file = await (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle();
  try {
    file.truncate(0);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const chunk = bytes.subarray(at, at + CHUNK);
      if (file.write(chunk, { at }) < chunk.length) throw new Error("the disk is full");
      await new Promise((resolve) => setTimeout(resolve));
    }
    file.close();
  } catch (error) {
    file.close();
    await folder.removeEntry(name);
    throw error;
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
  const serializer = (/** @type {object} */ object) => {
    if (object !== known) throw new Error("Python holds something that cannot be kept");
    return "known";
  };
  _api.config._makeSnapshot = true; // said at the start, it would put a proxy before everything that is JavaScript's
  const snapshot = makeMemorySnapshot({ serializer });
  _api.config._makeSnapshot = false;
  const bytes = new Uint8Array(start + snapshot.length);
  new DataView(bytes.buffer).setUint32(LENGTH, note.length, true);
  bytes.set(note, NOTE);
  bytes.set(snapshot, start);
  return bytes;
}

/**
 * The folder of the memory.
 * @param {string} base
 * @param {boolean} [create]
 */
async function opened(base, create = false) {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(folderName(base), { create });
}

/**
 * Remove what other releases have left.
 * @param {FileSystemDirectoryHandle} folder
 * @param {string} release
 */
async function removeOthers(folder, release) {
  for await (const name of folder.keys())
    if (name !== release) await folder.removeEntry(name).catch(() => {}); // another tab is at it
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
const digestOf = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
