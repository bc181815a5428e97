/**
 * Lets a slider run: through its stops, as fast as the figures come, and no further than the end or the window's edge.
 */

/** The whole range takes about this long, in milliseconds. */
const DURATION = 8000;
/** But no stop is shorter than this. */
const SHORTEST = 1000 / 30;
/** With reduced motion: steps that can be told apart. */
const CALM = 250;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @typedef {object} Played
 * @property {() => number} position
 * @property {() => number} last The highest position now.
 * @property {() => boolean} ready Whether the last step has been drawn.
 * @property {(position: number) => void} move
 */

/**
 * @param {HTMLElement} button
 * @param {Played} slider
 * @returns {{ stop(): void }}
 */
export function makePlayer(button, { position, last, ready, move }) {
  let frame = 0;
  let due = 0;

  /** @param {number} now */
  function step(now) {
    frame = requestAnimationFrame(step);
    if (now < due || !ready()) return;
    if (position() >= last()) {
      stop();
      return;
    }
    const pause = Math.max(DURATION / Math.max(last(), 1), calm.matches ? CALM : SHORTEST);
    // A long range under a slow beat skips stops, so that it still takes about as long.
    const stride = Math.max(1, Math.round((last() * pause) / DURATION));
    due = now + pause;
    move(Math.min(position() + stride, last()));
  }

  function start() {
    if (position() >= last()) move(0);
    due = 0;
    frame = requestAnimationFrame(step);
    button.setAttribute("aria-pressed", "true");
    offScreen.observe(button);
  }

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    button.setAttribute("aria-pressed", "false");
    offScreen.disconnect();
  }

  const offScreen = new IntersectionObserver((entries) => {
    if (entries.some((entry) => !entry.isIntersecting)) stop();
  });
  button.addEventListener("click", () => (frame === 0 ? start() : stop()));
  return { stop };
}
