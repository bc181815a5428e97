/**
 * Renders figures in Pyodide under Node, as the reader's browser does: `node compute.mjs < requests > answers`.
 * A request is [widget, parameters]; both sides are JSON. What is measured goes to stderr.
 */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "../../site/node_modules/pyodide/pyodide.mjs";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const WHEEL = "site/vendor/numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl";

/** @type {[string, Record<string, unknown>][]} */
const requests = JSON.parse(readFileSync(0, "utf8"));

const begun = performance.now();
const pyodide = await loadPyodide();
await pyodide.loadPackage(`file://${here(WHEEL)}`, { messageCallback() {} });
pyodide.FS.mkdir("/src");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: here("src") }, "/src");
const render = pyodide.runPython(`
import sys
sys.dont_write_bytecode = True  # the sources are those of the machine
sys.path.insert(0, "/src")
import warnings
warnings.simplefilter("error")
from l2widgets import render_json
render_json
`);
console.error(`Python is ready after ${Math.round(performance.now() - begun)} ms`);

const answers = requests.map(([widget, params]) => render(widget, JSON.stringify(params)));
process.stdout.write(`[${answers.join(",\n")}]\n`);
