/**
 * A page with the whole article takes a slow phone half a second to lay out, and again whenever a font comes that it is
 * set in. Until this is done, only what is near the screen is laid out (`early.js`, `page.css`); then the rest is, a
 * section at a time, so that the page answers its reader in between and all of it lies where it belongs.
 */

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** @param {Element} link */
const settled = (link) =>
  new Promise((resolve) => {
    if (!(link instanceof HTMLLinkElement) || link.sheet) return resolve(undefined);
    for (const end of ["load", "error"]) link.addEventListener(end, resolve, { once: true });
  });

export async function layOut() {
  const root = document.documentElement;
  if (root.dataset.laying === undefined) return;
  await Promise.all(Array.from(document.querySelectorAll("link[rel=stylesheet]"), settled));
  await Promise.allSettled(Array.from(document.fonts, (face) => face.load()));
  for (const section of document.querySelectorAll("[data-section]")) {
    await frame();
    section.setAttribute("data-laid", "");
  }
  delete root.dataset.laying;
}
