/**
 * The service worker, which lets the site be read without a network: files whose addresses carry a digest come from
 * their copies first, pages from the network, or from their copies when it fails or dawdles.
 *
 * The build writes RELEASE before this file (src/l2site/offline.py): every file of one release, with its SHA-256.
 * Nothing else is kept, and no copy is used before its SHA-256 has been compared, so that it does not matter who else
 * can write to the same storage. All releases share one cache, in which every name carries a digest.
 *
 * @import { Keep } from "../static/js/types.d.ts"
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;

/** Sites at other paths of this host have caches of their own. */
const CACHE = `l2 ${scope}`;

/** Where the names of the copies are written down that the newest release and the one before it want. */
const WANTED = `${scope}?wanted`;

/** How long a page may take to answer before its copy does, in milliseconds. */
const PATIENCE = 3000;

/** What every page is made of; the rest is one page's or one figure's. */
const COMMON = /\/assets\/(?:css|fonts|icons|js)\//;

/** The one large script that is no module. */
const COMPILABLE = /\/assets\/vendor\/plotly\.\w+\.js$/;

/** What a browser makes use of only when it is declared so. */
const TYPES = {
  js: /(?:java|ecma)script/,
  mjs: /(?:java|ecma)script/,
  css: /^text\/css/,
  svg: /^image\/svg/,
};

/** How long one copy may take to make, in milliseconds: the next one waits for it. */
const TOO_LONG = 120_000;

/** What Python's worker compares with the same digests before it uses it (loader.js). */
const CHECKED_ELSEWHERE = /\/runtime\/\w+\/[^/]+\.(?:wasm|zip)(?:\.gz)?$/;

/**
 * @typedef {object} File
 * @property {string} url
 * @property {string} key Its copy's address in the cache.
 * @property {string} sha256 In base64.
 * @property {boolean} hashed Whether its address changes whenever its content does.
 */

/** @type {Map<string, File>} */
const files = new Map();
for (const [path, sha256] of Object.entries(RELEASE.hashed)) {
  const url = scope + path;
  files.set(url, { url, key: url, sha256, hashed: true });
}
for (const [path, sha256] of Object.entries(RELEASE.unhashed)) {
  const url = scope + path;
  files.set(url, { url, key: `${url}?sha256=${encodeURIComponent(sha256)}`, sha256, hashed: false });
}

/** @param {string} address */
function fileAt(address) {
  const { origin, pathname } = new URL(address);
  return files.get(origin + pathname.replace(/\/index\.html$/, "/"));
}

// ---- Answering

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const file = request.method === "GET" ? fileAt(request.url) : undefined;
  if (file) event.respondWith(file.hashed ? hashed(file, event) : unhashed(file, event));
});

/**
 * A file that never changes: its copy, or the network.
 * @param {File} file
 * @param {FetchEvent} event
 */
async function hashed(file, event) {
  // Who asks again, past the browser's cache, has found what came before damaged.
  const doubted = event.request.cache === "reload";
  const kept = await copy(file, { checked: doubted || !CHECKED_ELSEWHERE.test(file.url) });
  if (kept) return kept;
  return fetched(event);
}

/** @type {Map<string, AbortController>} Requests without an answer yet, by who asked for what. */
const unanswered = new Map();

/**
 * The network's answer. We do not hear that a page has given up, but then it asks again: the connections that it no
 * longer waits for would leave none for others.
 * @param {FetchEvent} event
 */
async function fetched({ request, clientId }) {
  const key = `${clientId} ${request.url}`;
  unanswered.get(key)?.abort();
  const abort = new AbortController();
  unanswered.set(key, abort);
  try {
    return await fetch(request, { signal: abort.signal });
  } finally {
    if (unanswered.get(key) === abort) unanswered.delete(key);
  }
}

/**
 * A file that may be another tomorrow: from the network, or its copy when that fails or takes too long.
 * @param {File} file
 * @param {FetchEvent} event
 */
async function unhashed(file, event) {
  const network = answered(event);
  // Even when the copy was quicker, what the browser has begun to load for us must come to its end.
  event.waitUntil(network.catch(() => {}));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const first = await Promise.race([network.catch(() => {}), late]);
  return first instanceof Response ? first : ((await copy(file, { checked: true })) ?? network);
}

/**
 * @param {FetchEvent} event
 * @returns {Promise<Response>}
 */
async function answered(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

/**
 * A file's copy, if there is one and it is what the release says. Browsers keep compiled code with a copy, which would
 * be lost if its bytes were put into a new response.
 * @param {File} file
 * @param {{ checked: boolean }} options
 */
async function copy({ key, sha256 }, { checked }) {
  try {
    const cache = await caches.open(CACHE);
    const response = await cache.match(key);
    if (!response || !checked || (await digest(response.clone())) === sha256) return response;
    await cache.delete(key);
  } catch {
    // storage is refused
  }
  return undefined;
}

/** @param {Response} response */
async function digest(response) {
  const bytes = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

// ---- Keeping

/**
 * A page says what it has used; without that, everything is wanted. A thrifty one wants nothing from the network for
 * it. It hears whether the release is complete.
 */
worker.addEventListener("message", (event) => {
  const [port] = event.ports;
  /** @type {Keep} */
  const { used, thrifty } = event.data;
  const wanted = [...files.values()].filter(
    ({ url }) => !used || COMMON.test(url) || used.some((address) => fileAt(address)?.url === url),
  );
  event.waitUntil(keep(wanted, thrifty).then((complete) => port?.postMessage(complete)));
});

/** One page after the other, and one file after the other: the reader is doing something else. */
let keeping = Promise.resolve(false);

/**
 * @param {File[]} wanted
 * @param {boolean} thrifty
 */
function keep(wanted, thrifty) {
  keeping = keeping.then(async () => {
    try {
      const cache = await caches.open(CACHE);
      const there = await keysOf(cache);
      for (const file of wanted) if (!there.has(file.key)) await take(cache, file, thrifty);
      const now = await keysOf(cache);
      return [...files.values()].every(({ key }) => now.has(key));
    } catch {
      return false; // storage is refused
    }
  });
  return keeping;
}

/** @param {Cache} cache */
async function keysOf(cache) {
  return new Set((await cache.keys()).map(({ url }) => url));
}

/**
 * Make a file's copy, or let it be: the others do not depend on it. What was damaged on its way is asked for again.
 * @param {Cache} cache
 * @param {File} file
 * @param {boolean} thrifty
 */
async function take(cache, { url, key, sha256, hashed }, thrifty) {
  const signal = AbortSignal.timeout(TOO_LONG);
  /** @type {RequestCache[]} */
  const modes = thrifty ? ["only-if-cached"] : hashed ? ["default", "reload"] : ["default"];
  for (const mode of modes) {
    if (signal.aborted) break;
    try {
      const integrity = `sha256-${sha256}`;
      const response = await fetch(url, { cache: mode, integrity, mode: "same-origin", signal });
      if (!response.ok || !isUsable(url, response)) continue;
      await cache.put(key, response);
      return;
    } catch {
      // the next try, or no copy
    }
  }
}

/**
 * Whether a browser makes use of a file that is declared as this one is.
 * @param {string} url
 * @param {Response} response
 */
function isUsable(url, { headers }) {
  const needed = Object.entries(TYPES).find(([suffix]) => url.endsWith(`.${suffix}`));
  return !needed || needed[1].test(headers.get("content-type") ?? "");
}

// ---- From one release to the next

/**
 * Chromium compiles all of a classic script that is kept while a service worker is installed, so that the next visit need
 * not; the rest is kept when a page says what it has used. From the network nothing is asked for: the page has loaded it.
 */
worker.addEventListener("install", (event) => event.waitUntil(keep(compilable(), true)));

const compilable = () => [...files.values()].filter(({ url }) => COMPILABLE.test(url));

worker.addEventListener("activate", (event) => event.waitUntil(begin()));

/**
 * The release before has no page left that it served. The first page, which no service worker has served, is from now
 * on: it lives on whatever is published meanwhile.
 */
async function begin() {
  await worker.registration.navigationPreload?.enable();
  await drop().catch(() => {}); // storage is refused
  await worker.clients.claim();
}

/** Delete the copies that neither this release wants nor the one before, to which the site may be put back. */
async function drop() {
  const cache = await caches.open(CACHE);
  const mine = [...files.values()].map(({ key }) => key);
  const [newest = [], before = []] = await wantedBefore(cache);
  const wanted = [mine, String(newest) === String(mine) ? before : newest];
  await cache.put(WANTED, new Response(JSON.stringify(wanted)));
  const all = new Set([WANTED, ...wanted.flat()]);
  for (const key of await keysOf(cache)) if (!all.has(key)) await cache.delete(key);
}

/**
 * @param {Cache} cache
 * @returns {Promise<string[][]>}
 */
async function wantedBefore(cache) {
  const response = await cache.match(WANTED);
  return response ? response.json() : [];
}
