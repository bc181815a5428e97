import { asset, deliver } from "./deliver.js";

/**
 * Start a worker, and hear what it says and that it broke.
 * @param {string} address A trusted one.
 * @param {(data: unknown) => void} hear
 * @param {(sentence: string) => void} broke
 */
export function spawn(address, hear, broke) {
  const worker = new Worker(address, { type: "module", name: "python" });
  worker.onmessage = (event) => hear(event.data);
  // Its message is often empty: a script that did not arrive looks like one that broke.
  worker.onerror = (event) => {
    event.preventDefault();
    broke("Python's worker could not be loaded.");
  };
  worker.onmessageerror = () => broke("Python's worker could not be understood.");
  return worker;
}

/**
 * Fetch a worker's scripts past the browser's cache, so that the next worker is made of whole ones.
 * @param {string[]} urls
 */
export const renew = (urls) => Promise.all(urls.map((url) => deliver(asset(url), { past: true })));
