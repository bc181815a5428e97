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
  addEventListener("scroll", layOutAbove);
  if (scrollY > 0) layOutAbove();
  await Promise.all(Array.from(document.querySelectorAll("link[rel=stylesheet]"), settled));
  await Promise.allSettled(Array.from(document.fonts, (face) => face.load()));
  for (const section of document.querySelectorAll("[data-section]")) {
    await frame();
    section.setAttribute("data-laid", "");
  }
  delete root.dataset.laying;
  removeEventListener("scroll", layOutAbove);
}

/** For readers who go on before it is done: what has come to their screen stays there, whatever grows above it. */
function layOutAbove() {
  const sought = firstInWindow();
  if (!sought) return;
  const above = Array.from(document.querySelectorAll("[data-section]:not([data-laid])")).filter(
    (section) => section.compareDocumentPosition(sought) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  if (above.length === 0) return;
  const was = sought.getBoundingClientRect().top;
  for (const section of above) section.setAttribute("data-laid", "");
  const grown = sought.getBoundingClientRect().top - was;
  if (grown !== 0) scrollBy({ top: grown, behavior: "instant" });
}

/** The first part of a section that begins in the window. */
function firstInWindow() {
  const parts = document.querySelectorAll("[data-section] > *");
  return Array.from(parts).find((part) => part.getBoundingClientRect().top >= 0);
}
