/**
 * Takes from the worker what a reader's code must not have: the network, everything that outlives the page, other
 * workers, and the line to the page. Python is complete by then; what this site's own modules still need, they have
 * kept for themselves.
 *
 * This is one of three walls. The policy that comes with the worker's script lets it reach no other host and evaluate no
 * text, and the page believes nothing that a worker says after this (guard.js). In Python itself there is no wall.
 */

/** What the worker's global object and its prototypes shall no longer have. */
const GLOBALS = [
  // The network
  "fetch",
  "fetchLater",
  "XMLHttpRequest",
  "XMLHttpRequestUpload",
  "XMLHttpRequestEventTarget",
  "WebSocket",
  "WebSocketStream",
  "WebTransport",
  "EventSource",
  "RTCDataChannel",
  "RTCPeerConnection",
  "FontFace",
  "fonts",
  "importScripts",
  // What outlives the page, and so could reach the next visit
  "caches",
  "Cache",
  "CacheStorage",
  "indexedDB",
  "IDBFactory",
  "cookieStore",
  "CookieStore",
  "StorageManager",
  "StorageBucket",
  "StorageBucketManager",
  "FileSystemHandle",
  "FileSystemDirectoryHandle",
  "FileSystemFileHandle",
  "FileSystemSyncAccessHandle",
  "FileSystemWritableFileStream",
  "webkitRequestFileSystem",
  "webkitRequestFileSystemSync",
  "webkitResolveLocalFileSystemURL",
  "webkitResolveLocalFileSystemSyncURL",
  "ServiceWorker",
  "ServiceWorkerContainer",
  "ServiceWorkerRegistration",
  "PushManager",
  "SyncManager",
  "Notification",
  // Other workers and pages, and the line to this one
  "Worker",
  "SharedWorker",
  "BroadcastChannel",
  "postMessage",
  "onmessage",
  "onmessageerror",
  "addEventListener",
  "close",
];

/** And what its navigator keeps; everything else there leads to storage, devices or other pages. */
const NAVIGATOR = ["hardwareConcurrency", "language", "languages", "onLine", "platform", "userAgent"];

/** Once and for all. */
export function lockDown() {
  for (const name of GLOBALS) removeAll(globalThis, name);
  for (const name of namesOf(navigator))
    if (!NAVIGATOR.includes(name) && name !== "constructor") removeAll(navigator, name);
}

/**
 * Remove a property from an object and from all that it inherits from.
 * @param {object} object
 * @param {string} name
 */
function removeAll(object, name) {
  for (const owner of lineage(object)) {
    if (!Object.hasOwn(owner, name)) continue;
    if (!Reflect.deleteProperty(owner, name))
      throw new Error(`this browser does not let ${name} be taken away`);
  }
}

/**
 * An object and what it inherits from, but for what all objects are.
 * @param {object} object
 */
function lineage(object) {
  const owners = [];
  for (let owner = object; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner))
    owners.push(owner);
  return owners;
}

/** @param {object} object */
const namesOf = (object) => new Set(lineage(object).flatMap((owner) => Object.getOwnPropertyNames(owner)));
