/**
 * Lets something run, step by step, as fast as the figures come, and no further than its end or the window's edge.
 */

/** The whole range of a slider takes about this long, in milliseconds. */
const DURATION = 8000;
/** But no stop is shorter than this. */
const SHORTEST = 1000 / 30;
/** With reduced motion: steps that can be told apart. */
export const CALM = 250;

/** Whether the reader has asked for less motion. */
export const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @typedef {object} Played
 * @property {Element} watched What has to be on the screen.
 * @property {() => boolean} ready Whether the last step has been drawn.
 * @property {() => void} start Called before the first step.
 * @property {() => number | null} step Takes a step; returns the milliseconds that it shall last, or null at the end.
 */

/**
 * @typedef {object} Player
 * @property {() => void} start
 * @property {() => void} stop
 * @property {() => boolean} playing
 */

/**
 * @param {HTMLElement} button
 * @param {Played} played
 * @returns {Player}
 */
export function makePlayer(button, { watched, ready, start, step }) {
  let frame = 0;
  let due = 0;

  /** @param {number} now */
  function tick(now) {
    frame = requestAnimationFrame(tick);
    if (now < due || !ready()) return;
    const pause = step();
    if (pause === null) stop();
    else due = now + pause;
  }

  function play() {
    if (frame !== 0) return;
    start();
    due = 0;
    button.setAttribute("aria-pressed", "true");
    offScreen.observe(watched);
    tick(performance.now()); // a slider that lets it run is answered without waiting for a frame
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
  button.addEventListener("click", () => (frame === 0 ? play() : stop()));
  return { start: play, stop, playing: () => frame !== 0 };
}

/**
 * How a slider runs: through its stops to the last, where the next play begins at the first.
 * @param {object} slider
 * @param {() => number} slider.position
 * @param {() => number} slider.last The highest position now.
 * @param {(position: number) => void} slider.move
 */
export const throughStops = ({ position, last, move }) => ({
  start() {
    if (position() >= last()) move(0);
  },
  step() {
    if (position() >= last()) return null;
    const pause = Math.max(DURATION / Math.max(last(), 1), calm.matches ? CALM : SHORTEST);
    // A long range under a slow beat skips stops, so that it still takes about as long.
    const stride = Math.max(1, Math.round((last() * pause) / DURATION));
    move(Math.min(position() + stride, last()));
    return pause;
  },
});
