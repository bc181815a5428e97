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

/**
 * Where a reader who went on before it was done has come to: a part of a section, and where it stood on the screen.
 * @type {{part: Element, top: number, scrolled: number}}
 */
let place = { part: document.documentElement, top: 0, scrolled: 0 };

export async function layOut() {
  const root = document.documentElement;
  if (root.dataset.laying === undefined) return;
  addEventListener("scroll", stay);
  if (scrollY > 0) stay();
  await Promise.all(Array.from(document.querySelectorAll("link[rel=stylesheet]"), settled));
  await Promise.allSettled(Array.from(document.fonts, (face) => face.load().then(frame).then(hold)));
  for (const section of document.querySelectorAll("[data-section]")) {
    await frame();
    section.setAttribute("data-laid", "");
  }
  delete root.dataset.laying;
  removeEventListener("scroll", stay);
}

/** What has come to the reader's screen stays there, whatever grows above it. */
function stay() {
  if (scrollY === place.scrolled) return hold(); // it was this one that scrolled
  const part = firstInWindow();
  if (!part) return;
  place = { part, top: part.getBoundingClientRect().top, scrolled: scrollY };
  for (const section of document.querySelectorAll("[data-section]:not([data-laid])"))
    if (section.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING)
      section.setAttribute("data-laid", "");
  hold();
}

/** Not at the top, where nothing is above; nor when the reader, or a browser that anchors what it shows, has scrolled. */
function hold() {
  const { part, top, scrolled } = place;
  if (scrollY === 0 || scrollY !== scrolled) return;
  const grown = part.getBoundingClientRect().top - top;
  if (grown !== 0) scrollBy({ top: grown, behavior: "instant" });
  place.scrolled = scrollY;
}

/** The first part of a section that begins in the window. */
function firstInWindow() {
  const parts = document.querySelectorAll("[data-section] > *");
  return Array.from(parts).find((part) => part.getBoundingClientRect().top >= 0);
}
