// All that our Python is made of, fetched and compiled as our own worker does it, but neither verified nor run.
import { compiled, unpacked } from "./pack.js";
import { addressOf } from "./python-files.js";

onmessage = async ({ data }) => {
  const { runtime } = JSON.parse(data);
  const use = async (name) => {
    const address = addressOf(runtime, name);
    if (name.endsWith(".mjs")) return import(address);
    const response = fetch(address);
    if (name.endsWith(".wasm")) return WebAssembly.compileStreaming(response);
    return compiled(unpacked(new Uint8Array(await (await response).arrayBuffer())));
  };
  await Promise.all(Object.keys(runtime.files).map(use));
  postMessage(JSON.stringify({ type: "files" }));
};
