/**
 * The native controls of a figure, one maker per kind. A control knows positions only: which stop it stands at.
 *
 * @import { ControlSpec } from "./types.d.ts"
 */

import { typable, typedPosition } from "./typed.js";

/**
 * @typedef {object} Control
 * @property {(position: number, last: number, words?: string) => void} show Stand at this position, where `last` is the
 *   highest allowed; a slider that stands between two stops says these words instead of a stop's.
 */

/**
 * What a maker gets: the control's element and declaration, how to say that the reader moved it to a position,
 * and how to say in a sentence that something was not accepted.
 * @typedef {object} Wiring
 * @property {Element} element
 * @property {ControlSpec} spec
 * @property {(position: number) => void} move
 * @property {() => number} position Where the control stands now.
 * @property {() => number} committable Where the control stands that a commit is about.
 * @property {(sentence: string) => void} tell
 */

/**
 * @param {Wiring} wiring
 * @returns {Control}
 */
export const makeControl = (wiring) => makers[wiring.spec.kind](wiring);

/** @type {Record<ControlSpec["kind"], (wiring: Wiring) => Control>} */
const makers = { slider, choice, toggle, seed, commit, own };

/**
 * A stop as people read it, with its unit; or other words, with the same.
 * @param {ControlSpec} spec
 * @param {number} position
 * @param {string} [words]
 */
export function labelOf(spec, position, words) {
  const [text = "", label = text] = spec.stops[position] ?? [];
  return spec.unit ? `${words ?? label} ${spec.unit}` : (words ?? label);
}

/**
 * What a control would take, in a few words.
 * @param {ControlSpec} spec
 */
export function taken(spec) {
  if (spec.typed) return typable(spec);
  const texts = spec.stops.map(([text]) => text || "nothing");
  return texts.length <= 8 ? texts.join(", ") : `${texts.slice(0, 3).join(", ")}, … ${texts.at(-1)}`;
}

/**
 * @param {Wiring} wiring
 * @returns {Control}
 */
function slider({ element, spec, move, tell }) {
  const input = find(element, "[type=range]", HTMLInputElement);
  const say = spec.typed ? typed({ element, spec, move, tell }) : said(element);
  input.addEventListener("input", () => move(input.valueAsNumber));
  for (const button of element.querySelectorAll("[data-step]"))
    button.addEventListener("click", () => {
      input.stepUp(Number(button.getAttribute("data-step"))); // from where it is seen to stand
      move(input.valueAsNumber);
    });
  return {
    show(at, last, words) {
      const label = labelOf(spec, at, words);
      // What is written is laid out anew, though it be the same.
      if (input.max !== String(last)) input.max = String(last);
      if (input.valueAsNumber !== at) input.valueAsNumber = at;
      if (input.getAttribute("aria-valuetext") !== label) input.setAttribute("aria-valuetext", label);
      say(label, words ?? spec.stops[at]?.[0] ?? "");
    },
  };
}

/**
 * @param {Element} element
 * @returns {(label: string) => void}
 */
function said(element) {
  const output = find(element, "[data-output]", HTMLElement);
  return (label) => write(output, label);
}

/**
 * A field for numbers. What it does not take stays there, to be mended, and the figure stays as it is.
 * @param {Pick<Wiring, "element" | "spec" | "move" | "tell">} wiring
 * @returns {(label: string, text: string) => void}
 */
function typed({ element, spec, move, tell }) {
  const field = find(element, "[data-typed]", HTMLInputElement);
  field.addEventListener("change", () => {
    const position = typedPosition(spec, field.value);
    field.setAttribute("aria-invalid", String(position === null));
    if (position !== null) move(position);
    else tell(`This takes ${typable(spec)}${field.value && `, but not “${field.value}”`}.`);
  });
  return (_, text) => {
    if (field.value !== text) field.value = text;
    field.removeAttribute("aria-invalid");
  };
}

/**
 * @param {Wiring} wiring
 * @returns {Control}
 */
function choice({ element, move }) {
  const inputs = [...element.querySelectorAll("input")];
  for (const [index, input] of inputs.entries())
    input.addEventListener("change", () => input.checked && move(index));
  return {
    show(at) {
      for (const [index, input] of inputs.entries()) input.checked = index === at;
    },
  };
}

/**
 * @param {Wiring} wiring
 * @returns {Control}
 */
function toggle({ element, move }) {
  const input = find(element, "input", HTMLInputElement);
  input.addEventListener("change", () => move(input.checked ? 1 : 0));
  return {
    show(at) {
      input.checked = at === 1;
    },
  };
}

/**
 * @param {Wiring} wiring
 * @returns {Control}
 */
function seed({ element, spec, move, position, tell }) {
  const input = find(element, "input", HTMLInputElement);
  const next = find(element, "[data-next]", HTMLButtonElement);
  const typed = () => spec.stops.findIndex(([text]) => text === input.value);
  input.addEventListener("input", () => typed() >= 0 && move(typed()));
  input.addEventListener("change", () => {
    if (typed() >= 0) return;
    tell(
      `${input.value || "That"} is no seed here; it takes whole numbers from ${input.min} to ${input.max}.`,
    );
    input.value = spec.stops[position()]?.[0] ?? "";
  });
  next.addEventListener("click", () => move((position() + 1) % spec.stops.length));
  return {
    show(at) {
      const text = spec.stops[at]?.[0] ?? "";
      if (input.value !== text) input.value = text;
    },
  };
}

/**
 * @param {Wiring} wiring
 * @returns {Control}
 */
function commit({ element, move, committable }) {
  const button = find(element, "[data-commit]", HTMLButtonElement);
  const undo = find(element, "[data-undo]", HTMLButtonElement);
  button.addEventListener("click", () => move(committable() + 1));
  undo.addEventListener("click", () => move(0));
  return {
    show(at) {
      const [gone, there] = at > 0 ? [button, undo] : [undo, button];
      const focused = document.activeElement === gone;
      there.hidden = false;
      gone.hidden = true;
      if (focused) there.focus();
    },
  };
}

/**
 * A table that the reader brings: its text is the second stop, as long as there is one.
 * @param {Wiring} wiring
 * @returns {Control}
 */
function own({ element, spec, move, tell }) {
  const bring = find(element, "[data-bring]", HTMLButtonElement);
  const use = (/** @type {string} */ text) => {
    spec.stops[1] = [text];
    move(text ? 1 : 0);
  };
  bring.addEventListener("click", async () => {
    try {
      (await import("./own.js")).open(element, bring, use);
    } catch {
      tell("The part for your table did not arrive. Check the connection and load the page again.");
    }
  });
  return { show() {} };
}

/**
 * An element that the page's templates promise.
 * @template {Element} T
 * @param {Element} parent
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function find(parent, selector, type) {
  const element = parent.querySelector(selector);
  if (!(element instanceof type)) throw new TypeError(`no ${selector} in ${parent.outerHTML.slice(0, 80)}`);
  return element;
}

/**
 * Write a text where it is another one: what the reader has selected stays so, and nothing is laid out again.
 * @param {Element | null | undefined} element
 * @param {string} text
 */
export function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
