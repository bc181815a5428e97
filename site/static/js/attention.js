/**
 * When the page has a reader. What is heavy waits for one: while the page is still coming, a drawing library that is
 * compiled, or Python, would only be in the way, and the pictures show the same.
 */

/** What a hand does, and what comes of it. */
const SIGNS = ["pointermove", "pointerdown", "wheel", "scroll", "keydown", "touchstart", "focusin"];

/** Milliseconds after which somebody is reading whose hands are still. */
const STILL = 6000;

/** Resolves at the first sign of a reader. */
export const attention = new Promise((resolve) => {
  const listening = new AbortController();
  function noticed() {
    listening.abort();
    resolve(undefined);
  }
  for (const sign of SIGNS)
    addEventListener(sign, noticed, { capture: true, passive: true, signal: listening.signal });
  // Who follows a link to a place, or comes back to one, has looked for it; a frame's reader moves in another page.
  if (location.hash || scrollY > 0 || window !== top) noticed();
  setTimeout(noticed, STILL);
});
