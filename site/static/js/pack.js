/**
 * Python's files: stored zip archives whose entries become files of the interpreter without a copy, and shared objects
 * that are compiled while the interpreter starts and linked before anybody imports them.
 *
 * @import { CompiledObject, EmscriptenModule, Pyodide, PyodideFactory, ZipEntries } from "./types.d.ts"
 */

/** Where the archives' names begin: the folder of the standard library. */
const ROOT = "/lib/python3.14/";

const END = 0x06054b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;

/**
 * The files of a stored zip archive, by name, as views into it.
 * @param {Uint8Array<ArrayBuffer>} archive
 * @param {string} [itself] The name under which the archive is one of them.
 * @returns {ZipEntries}
 */
export function unpacked(archive, itself) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.length - END_BYTES;
  if (end < 0 || view.getUint32(end, true) !== END) throw new Error("this is no zip archive");
  const decoder = new TextDecoder();
  const files = new Map();
  if (itself) files.set(itself, archive);
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    const size = view.getUint32(at + 24, true);
    const nameSize = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const start = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const name = decoder.decode(archive.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameSize));
    files.set(name, archive.subarray(start, start + size));
    at += ENTRY_BYTES + nameSize + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}

/**
 * Put files where Python looks for modules.
 * @param {Pyodide["FS"]} FS
 * @param {ZipEntries} files
 */
export function lay(FS, files) {
  const made = new Set();
  for (const [name, contents] of files) {
    const path = ROOT + name;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) FS.mkdirTree(folder);
    made.add(folder);
    FS.writeFile(path, contents, { canOwn: true });
  }
}

/**
 * Compile the shared objects among some files, side by side.
 * @param {ZipEntries} files
 * @returns {Promise<CompiledObject[]>}
 */
export const compiled = (files) =>
  Promise.all(
    [...files]
      .filter(([name]) => name.endsWith(".so"))
      .map(async ([name, contents]) => [ROOT + name, await WebAssembly.compile(contents)]),
  );

/**
 * Emscripten's factory, with shared objects linked before Python starts, so that importing them compiles nothing.
 * @param {PyodideFactory} create
 * @param {CompiledObject[]} objects
 * @returns {PyodideFactory}
 */
export const linking = (create, objects) => (settings) => {
  settings.preRun.push((module) => link(module, objects));
  return create(settings);
};

/**
 * What Emscripten's own preloading does.
 * @param {EmscriptenModule} module
 * @param {CompiledObject[]} objects
 */
function link({ loadWebAssemblyModule, preloadedWasm }, objects) {
  objects.forEach(([path, object], index) => {
    // All symbols are looked for after the last object, once: each time takes as long as all the rest.
    const flags = { loadAsync: false, nodelete: true, allowUndefined: index < objects.length - 1 };
    preloadedWasm[path] = loadWebAssemblyModule(object, flags, path, {});
  });
}
