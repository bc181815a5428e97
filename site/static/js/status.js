/**
 * The line under a plot that says what is being waited for, and what went wrong.
 *
 * @import { Phase, Stage } from "./types.d.ts"
 */

import { find, write } from "./controls.js";
import { progressText } from "./megabytes.js";

/** @type {Record<Exclude<Stage, "download">, string>} */
const WORDS = {
  start: "Starting Python",
  import: "Starting the figures",
};

/**
 * @param {Element} figure
 * @param {() => void} retry
 */
export function makeStatus(figure, retry) {
  const box = find(figure, "[data-status]", HTMLElement);
  const line = find(figure, "[data-status-text]", HTMLElement);
  const progress = find(figure, "[data-progress]", HTMLProgressElement);
  const button = find(figure, "[data-retry]", HTMLButtonElement);
  button.addEventListener("click", () => {
    // The button goes away, so the focus it had goes to what it was about.
    const focused = document.activeElement === button;
    retry();
    const controls = figure.querySelector("[data-controls] :is(input, button)");
    if (focused && button.hidden && controls instanceof HTMLElement) controls.focus({ preventScroll: true });
  });

  /**
   * @param {string} sentence
   * @param {{ offer?: boolean, share?: number | null }} [options] Whether to offer another try; how much is done.
   */
  function say(sentence, { offer = false, share } = {}) {
    write(line, sentence);
    button.hidden = !offer;
    progress.hidden = share === undefined;
    if (share === null) progress.removeAttribute("value");
    else if (share !== undefined) progress.value = share;
    box.hidden = sentence === "";
  }

  return {
    say,
    clear: () => say(""),
    /** @param {Extract<Phase, { name: "booting" }>} phase */
    booting({ stage, loaded, total }) {
      if (stage !== "download") say(WORDS[stage], { share: null });
      else if (total === 0) say("Downloading Python", { share: null });
      else
        say(`Downloading Python: ${progressText(loaded, total)}`, {
          share: loaded / total,
        });
    },
  };
}
