// Downloads an interpreter as a browser of the given name would, and writes how often its answer was taken twice.
import { createHash } from "node:crypto";

const [agent] = process.argv.slice(2);
const NAME = "pyodide.asm.wasm";
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const sha256 = createHash("sha256").update(EMPTY).digest("hex");

Object.defineProperty(globalThis, "navigator", { value: { userAgent: agent } });
globalThis.fetch = async () => new Response(EMPTY, { headers: { "content-type": "application/wasm" } });
let taken = 0;
const { clone } = Response.prototype;
Response.prototype.clone = function () {
  taken += 1;
  return clone.call(this);
};

const { download } = await import("../../site/static/js/loader.js");
const runtime = { base: "/", files: { [NAME]: { size: EMPTY.length, sha256 } }, later: {} };
const module = await download(runtime, () => {}).module();
process.stdout.write(JSON.stringify({ module: module instanceof WebAssembly.Module, taken }));
