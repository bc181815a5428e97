/**
 * Runs a Python program in Pyodide under Node, on files laid down as the reader's worker does it:
 * `node node.mjs <job>`, where the job is JSON (pack/__init__.py). Its folder `work` is `/job` for the program.
 */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

/** No positions within a line, which no traceback needs, and the same bytes every time. */
const ENVIRONMENT = { PYTHONNODEBUGRANGES: "1", PYTHONHASHSEED: "0" };

const job = JSON.parse(process.argv[2]);
const { loadPyodide } = await import(pathToFileURL(`${job.pyodide}/pyodide.mjs`).href);
const { default: create } = await import(pathToFileURL(`${job.pyodide}/pyodide.asm.mjs`).href);
const { compiled, lay, linking, unpacked } = await import(pathToFileURL(job.laying).href);

async function run() {
  const archives = job.archives.map((path) => unpacked(read(path), basename(path)));
  const objects = await Promise.all(archives.map(compiled));
  const pyodide = await loadPyodide({
    createPyodideModule: linking(create, objects.flat()),
    lockFileContents: readFileSync(job.lock, "utf8"),
    ...(archives.length > 0 && { stdLibURL: `${job.work}/empty` }),
    env: { ...ENVIRONMENT },
    fsInit: (FS) => {
      for (const files of archives) lay(FS, files);
    },
  });
  pyodide.registerJsModule("l2_rest", rest(pyodide));
  pyodide.FS.mkdir("/job");
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: job.work }, "/job");
  pyodide.runPython(readFileSync(job.program, "utf8"), { filename: job.program });
}

const rest = (pyodide) => ({
  sha256: (archive) => job.later[archive].sha256,
  fetch(archive, name) {
    if (archive in job.later) return read(job.later[archive].path);
    throw new Error(`${name} is imported, which is not in the first archives`);
  },
  lay: (archive) => lay(pyodide.FS, unpacked(archive)),
});

const read = (path) => new Uint8Array(readFileSync(path));

// Node itself would print the line that threw, and Pyodide's is a megabyte long.
run().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
