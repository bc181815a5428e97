/**
 * Needs no module: when the page's own modules do not run, because they did not come or came damaged, fetches them again,
 * past the browser's cache, and loads the page once more. If that does not help, every figure says so.
 */

/** Milliseconds until modules that do not come are missed, and that each may take when it is fetched again. */
const MISSED = 10_000;
const AGAIN = 8_000;

addEventListener("error", rescue, true);
setTimeout(rescue, MISSED);

async function rescue() {
  removeEventListener("error", rescue, true);
  if (!document.querySelector("[data-controls]:disabled")) return;
  try {
    await Promise.all(
      [...document.querySelectorAll("link[rel=modulepreload], script[type=module]")].map(renew),
    );
    if (history.state?.rescued) throw new Error("once is enough");
    history.replaceState({ ...history.state, rescued: true }, "");
    location.reload();
  } catch {
    for (const note of document.querySelectorAll("[data-lost]")) note.removeAttribute("hidden");
  }
}

/**
 * Put a whole copy into the browser's cache: one with the digest that its name has in it.
 * @param {Element} element
 */
async function renew(element) {
  const url = element.getAttribute("href") ?? element.getAttribute("src") ?? "";
  const response = await fetch(url, { cache: "reload", signal: AbortSignal.timeout(AGAIN) });
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  const digest = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!url.includes(digest.slice(0, 12))) throw new Error(`${url} came damaged`);
}
