/**
 * The buttons of a figure that goes on by itself: play and pause, one step on and back, from the start, and how fast.
 * No step is asked for before the last one is on the screen.
 *
 * @import { Simulation } from "./simulation.js"
 */

import { find } from "./controls.js";
import { CALM, calm, makePlayer } from "./player.js";

/** How often a frame advances, and how long it lasts at least, in milliseconds. */
const SPEEDS = [
  { slices: 1, pause: CALM },
  { slices: 1, pause: 0 },
  { slices: 4, pause: 0 },
];

const NO_FURTHER = "This is as far back as it goes.";

/**
 * @typedef {object} Transport
 * @property {(how: "on" | "anew" | "first") => void} moved
 *   The reader has moved a control: it goes on, begins anew, or returns to the figure that the page came with.
 * @property {() => void} goOn Take the next step now, if it runs, and not with the next frame of the screen.
 * @property {() => void} stop
 */

/**
 * @param {HTMLElement} row
 * @param {object} figure
 * @param {Element} figure.watched What has to be on the screen while it runs.
 * @param {Simulation} figure.simulation
 * @param {() => boolean} figure.ready Whether the last step is on the screen.
 * @param {() => void} figure.ask Ask Python for what the simulation wants.
 * @param {() => void} figure.rested Called when it has come to rest, or the reader has paused it.
 * @param {() => void} figure.stepped Called when one frame is asked for, and not those that follow.
 * @param {(sentence: string) => void} figure.tell
 * @returns {Transport}
 */
export function makeTransport(row, { watched, simulation, ready, ask, rested, stepped, tell }) {
  const button = find(row, "[data-play]", HTMLButtonElement);
  const speed = find(row, "[data-speed]", HTMLSelectElement);
  let left = false; // paused by the reader, who alone then lets it run again

  const player = makePlayer(button, {
    watched,
    ready,
    start() {
      if (simulation.rests) simulation.begin();
    },
    step() {
      if (simulation.rests) {
        rested();
        return null;
      }
      const { slices, pause } = speedNow();
      show(slices);
      return calm.matches ? CALM : pause;
    },
  });
  button.addEventListener("click", () => {
    left = !player.playing();
    if (left) rested();
  });

  const speedNow = () => SPEEDS[speed.selectedIndex] ?? { slices: 1, pause: 0 };

  /** @param {number} slices */
  function show(slices) {
    if (!player.playing()) stepped();
    simulation.want(slices);
    ask();
  }

  function run() {
    left = false;
    if (calm.matches) show(0);
    else player.start();
  }

  /** @param {number} slices */
  function pauseAt(slices) {
    player.stop();
    left = true;
    show(slices);
  }

  find(row, '[data-step="1"]', HTMLButtonElement).addEventListener("click", () => pauseAt(1));
  find(row, '[data-step="-1"]', HTMLButtonElement).addEventListener("click", () => {
    if (simulation.back()) pauseAt(0);
    else tell(NO_FURTHER);
  });
  find(row, "[data-anew]", HTMLButtonElement).addEventListener("click", () => moved("anew"));

  /** @param {"on" | "anew" | "first"} how */
  function moved(how) {
    simulation.rests = false;
    if (how === "anew") simulation.begin();
    if (how === "first") {
      player.stop();
      left = false;
      simulation.restore();
      show(0);
    } else if (!player.playing()) {
      if (left && how === "on") show(0);
      else run();
    } else if (simulation.waits)
      ask(); // what waits for Python shall have the newest settings
    else if (ready()) goOn();
  }

  function goOn() {
    if (player.playing()) show(speedNow().slices);
  }

  return { moved, goOn, stop: player.stop };
}
