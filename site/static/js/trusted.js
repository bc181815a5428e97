/**
 * The only two script addresses that this page may load by itself: the worker and Plotly.
 * Under Trusted Types any other is refused.
 *
 * @import { SiteConfig } from "./types.d.ts"
 */

/** @type {Set<string>} */
const allowed = new Set();

const policy = globalThis.window?.trustedTypes?.createPolicy("app-worker", {
  createScriptURL(url) {
    if (!allowed.has(url)) throw new TypeError(`${url} is no script of this page`);
    return url;
  },
});

/**
 * An address from the site's configuration, in the form that `new Worker` and `script.src` accept.
 * @param {string} url
 * @returns {string}
 */
export function trustedScript(url) {
  const absolute = new URL(url, document.baseURI).href;
  allowed.add(absolute);
  return policy ? policy.createScriptURL(absolute) : absolute;
}

/** @type {string | undefined} */
let blob;

/**
 * The worker's address, in the form that `new Worker` accepts. A file's worker has the policy that came with the file; one
 * that begins in a blob has the page's.
 * @param {SiteConfig} config
 */
export function trustedWorker(config) {
  if (!config.blob) return trustedScript(config.worker);
  const program = `import ${JSON.stringify(new URL(config.worker, document.baseURI).href)};`;
  blob ??= URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  return trustedScript(blob);
}
