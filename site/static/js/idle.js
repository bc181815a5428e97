/** When the page has nothing more urgent to do. */

/** After so many milliseconds without a moment's rest, what can wait has waited enough. */
const RESTLESS = 2000;

/** Resolves when the page has loaded and has nothing else to do, or never seems to: a slow machine may hide its rests. */
export async function idle() {
  if (document.readyState !== "complete")
    await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  await new Promise((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(resolve, { timeout: RESTLESS });
    else setTimeout(resolve, 500);
  });
}

/** Resolves when a figure is live. */
export const live = () => until(() => document.querySelector("figure[data-state=ready]") !== null);

/** Resolves when no figure waits for Python, be it that it has answered or that it has not been asked. */
export const calm = () =>
  until(() => document.querySelector("figure:is([data-state=booting], [data-state=busy])") === null);

/**
 * Resolves when the figures' states are such.
 * @param {() => boolean} such
 * @returns {Promise<void>}
 */
function until(such) {
  return new Promise((resolve) => {
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, attributeFilter: ["data-state"] });
    look();
    function look() {
      if (!such()) return;
      observer.disconnect();
      resolve();
    }
  });
}
