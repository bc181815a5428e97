/**
 * The end of the service worker: published as sw.js by `build.py build --no-service-worker`, it takes the place of the
 * one that browsers have, removes the copies, and goes. It answers no request.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;

// Waiting would leave its predecessor at work, which is to end.
worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  try {
    await caches.delete(`l2 ${scope}`);
  } finally {
    await worker.registration.unregister();
  }
}
