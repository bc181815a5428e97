/**
 * Has the service worker keep the site for reading without a network, and says so once that is true. Storage may be
 * refused at every step: then there is no promise, and nothing else is missing.
 *
 * @import { Keep, SiteConfig } from "./types.d.ts"
 */

import { idle, live } from "./idle.js";
import { forget } from "./memory-folder.js";
import { addressOf } from "./python-files.js";
import { dataAreDear } from "./support.js";
import { trustedScript } from "./trusted.js";

/**
 * What this visit has used is kept at once. What other pages need as well is fetched when a figure is live: by then
 * the reader has all that is heavy. Where data are dear, nothing is fetched for keeping. A site without a service worker
 * keeps nothing, nor what it kept when it had one.
 * @param {SiteConfig} config
 */
export async function keepOffline(config) {
  if (!config.serviceWorker) {
    forget(new URL(config.runtime.base, document.baseURI).href);
    return;
  }
  try {
    const address = trustedScript(config.serviceWorker);
    await navigator.serviceWorker.register(address, { updateViaCache: "none" });
    const registration = await navigator.serviceWorker.ready;
    const thrifty = dataAreDear();
    await keep(registration, { used: loaded(), thrifty });
    performance.mark("l2:kept");
    await live();
    await idle();
    await keep(registration, thrifty ? { used: [...loaded(), ...python(config)], thrifty } : { thrifty });
    performance.mark("l2:kept");
  } catch {
    // the text and the figures do without
  }
}

/**
 * A page belongs to the newest release, but the active one answers without a network, so that one makes the promise.
 * @param {ServiceWorkerRegistration} registration
 * @param {Keep} wish
 */
async function keep({ installing, waiting, active }, wish) {
  const newest = installing ?? waiting ?? active;
  const kept = await ask(newest, wish);
  const complete = newest === active ? kept : await ask(active, { used: [], thrifty: true });
  for (const line of document.querySelectorAll("[data-offline]"))
    if (line instanceof HTMLElement) line.hidden = !complete;
}

/**
 * @param {ServiceWorker | null} worker
 * @param {Keep} wish
 * @returns {Promise<boolean>} Whether the worker now has every file of its release.
 */
function ask(worker, wish) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === true);
    worker?.postMessage(wish, [port2]);
  });
}

/** What the page has loaded. */
const loaded = () => [location.href, ...performance.getEntriesByType("resource").map(({ name }) => name)];

/**
 * What Python has loaded, of which the page does not hear.
 * @param {SiteConfig} config
 */
const python = ({ worker, runtime }) =>
  [worker, ...Object.keys(runtime.files).map((name) => addressOf(runtime, name))].map(
    (url) => new URL(url, document.baseURI).href,
  );
