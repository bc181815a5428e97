/**
 * The only two script addresses that this page may load by itself: the worker and Plotly.
 * Under Trusted Types any other is refused.
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
