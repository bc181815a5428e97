/** Whether this browser and this connection are up to Python, found out before anything is downloaded. */

const MEBIBYTE = 2 ** 20;

/** A function with a try block: WebAssembly's exceptions, without which Pyodide cannot be compiled. */
const TRY_BLOCK = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11,
]);

/**
 * Why Python cannot run here, in a sentence; the empty string when it can.
 * @param {string} worker The worker's trusted address.
 */
export function lacking(worker) {
  const lack =
    (typeof WebAssembly !== "object" && "WebAssembly is switched off") ||
    (typeof WebAssembly.compileStreaming !== "function" &&
      "it cannot compile WebAssembly while loading it") ||
    (!WebAssembly.validate(TRY_BLOCK) && "its WebAssembly has no exceptions yet") ||
    (typeof BigInt64Array !== "function" && "it has no 64-bit integers") ||
    (!globalThis.crypto?.subtle && "the page did not come by HTTPS") ||
    (origin === "null" &&
      !String(worker).startsWith("blob:") &&
      "it shows this page in a frame with sandbox and without allow-same-origin") ||
    (!loadsModuleWorkers(worker) && "its workers cannot load modules");
  return lack ? `This browser cannot run Python (${lack}), so most controls cannot move the figures.` : "";
}

/**
 * The constructor reads the option `type` only where it knows module workers.
 * @param {string} worker
 */
function loadsModuleWorkers(worker) {
  if (typeof Worker !== "function") return false;
  let asked = false;
  const options = {
    /** @returns {WorkerType} */
    get type() {
      asked = true;
      throw new Error("asked");
    },
  };
  try {
    new Worker(worker, options);
  } catch {
    // thrown by the getter above, so that no worker is made
  }
  return asked;
}

/** Whether the reader has asked for as little data as possible. */
export const dataAreDear = () =>
  matchMedia("(prefers-reduced-data: reduce)").matches || navigator.connection?.saveData === true;

/** Whether a service worker answers this page's requests: what is heavy then comes from copies, and takes no line. */
export function hasCopies() {
  try {
    return navigator.serviceWorker.controller !== null;
  } catch {
    return false; // there are none here, or they are refused
  }
}

/** Whether Python may start before anybody has touched a figure. */
export function mayStartUnasked() {
  const { connection } = navigator;
  return (
    matchMedia("(hover: hover) and (pointer: fine)").matches &&
    !dataAreDear() &&
    !/2g|3g/.test(connection?.effectiveType ?? "") &&
    !isSmall()
  );
}

/** How much memory Python may have, in bytes. */
export const memoryLimit = () => (isSmall() ? 256 : 512) * MEBIBYTE;

/** Whether Python's memory may be kept for the next visit: that takes three times its size for a moment. */
export const mayKeepMemory = () => !dataAreDear() && !isSmall();

/** Whether this device ends a tab that grows. An iPad may call itself a Mac, but feels more than one finger. */
function isSmall() {
  const { deviceMemory, maxTouchPoints, userAgent } = navigator;
  return (
    (deviceMemory ?? 8) <= 4 ||
    /iPhone|iPad|iPod/.test(userAgent) ||
    (userAgent.includes("Macintosh") && maxTouchPoints > 1)
  );
}
