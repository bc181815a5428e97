/**
 * What the reader has set last, by quantity, for all figures that know it: those of this page, and of the next pages of
 * this visit where the browser keeps it. A figure offers it on a button; what it shows is its own until then.
 *
 * @import { WidgetSpec } from "./types.d.ts"
 * @import { Positions } from "./settings.js"
 */

import { find, labelOf, write } from "./controls.js";

const KEY = "l2.shared";

/** @typedef {{ text: string, title: string }} Setting The stop's text, and the title of the figure where it was set. */

/** @type {Map<string, Setting>} */
const settings = new Map(remembered());

/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * @typedef {object} Offer
 * @property {(positions: Positions) => void} look Called when the figure's controls stand elsewhere.
 * @property {(changes: Positions) => void} share Called when the reader has moved them.
 */

/**
 * A figure's button for what was set elsewhere.
 * @param {HTMLElement} figure
 * @param {WidgetSpec} spec
 * @param {(positions: Positions) => void} take
 * @returns {Offer}
 */
export function makeOffer(figure, spec, take) {
  const known = spec.controls.flatMap((control) => {
    const [quantity, words] = control.shared ?? [];
    return quantity && words ? [{ control, quantity, words }] : [];
  });
  if (known.length === 0) return { look() {}, share() {} };
  const button = find(figure, "[data-shared]", HTMLButtonElement);
  const reset = find(figure, "[data-reset]", HTMLButtonElement);
  const title = find(figure, ".widget-title", HTMLElement).textContent ?? "";
  /** @type {Positions} */
  let standing = {};
  /** @type {Positions} */
  let offered = {};
  button.addEventListener("click", () => take(offered));
  listeners.add(look);
  return {
    look(positions) {
      standing = positions;
      look();
    },
    share(changes) {
      const moved = known.filter(({ control }) => control.name in changes);
      if (moved.length === 0) return;
      for (const { control, quantity } of moved) {
        const at = changes[control.name] ?? control.start;
        const text = control.stops[at]?.[0];
        if (text === undefined) continue;
        if (at === control.start) settings.delete(quantity);
        else settings.set(quantity, { text, title });
      }
      remember();
      for (const listener of listeners) listener();
    },
  };

  function look() {
    offered = {};
    const parts = [];
    const titles = new Set();
    for (const { control, quantity, words } of known) {
      const setting = settings.get(quantity);
      const at = control.stops.findIndex(([text]) => text === setting?.text);
      if (!setting || at < 0 || at === standing[control.name]) continue;
      offered[control.name] = at;
      parts.push(`${words} ${labelOf(control, at)}`);
      titles.add(`“${setting.title}”`);
    }
    if (parts.length === 0 && document.activeElement === button) reset.focus();
    button.hidden = parts.length === 0;
    write(button, `As in ${[...titles].join(" and ")}: ${parts.join(", ")}`);
  }
}

function remember() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...settings]));
  } catch {
    // then only the figures of this page know
  }
}

/** @returns {[string, Setting][]} */
function remembered() {
  try {
    const entries = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return entries.filter((/** @type {[unknown, Setting]} */ [quantity, { text, title }]) =>
      [quantity, text, title].every((part) => typeof part === "string"),
    );
  } catch {
    return []; // refused, or not what we wrote
  }
}
