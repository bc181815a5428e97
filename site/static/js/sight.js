/** Keeps a figure's plot in sight while its controls go by; widget.css does it, and is told here what it cannot know. */

import { find } from "./controls.js";

/**
 * @param {HTMLElement} figure
 * @param {HTMLElement} live What is as high as the plot.
 */
export function keepInSight(figure, live) {
  new ResizeObserver(() => {
    figure.style.setProperty("--plot-height", `${live.clientHeight}px`);
  }).observe(live);
  // Once the other controls come, the first one no longer stands at the edge of the window, and goes by with them.
  new IntersectionObserver((entries) => {
    const { isIntersecting = false, boundingClientRect } = entries.at(-1) ?? {};
    figure.toggleAttribute("data-passing", isIntersecting || (boundingClientRect?.top ?? 0) < 0);
  }).observe(find(figure, ".controls-rest", HTMLElement));
}
