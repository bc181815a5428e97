/**
 * Where a reader works on Python code: the editor, its buttons, what went wrong, what the code printed.
 *
 * @import { Editor, Failure, Name } from "./types.d.ts"
 */

import { PATIENCE } from "./patience.js";

/** How many characters of output the page shows. */
const MOST_PRINTED = 70_000;

const HINT = `${/Mac|iP/.test(navigator.platform) ? "Cmd" : "Ctrl"}+Enter runs the code. Tab indents; Escape, then Tab, leaves the editor.`;

/**
 * @typedef {object} Desk
 * @property {HTMLElement} results An empty element for what came of the code.
 * @property {() => void} began The code runs, or waits for Python.
 * @property {(text: string, anew: boolean) => void} printed It is printed anew, or goes on.
 * @property {(failure?: Failure) => void} ended
 * @property {(sentence: string) => void} waits What it waits for, if it does.
 * @property {() => void} focus
 * @property {(text: string) => void} replace Another code, to begin with.
 */

/**
 * @param {HTMLElement} host
 * @param {object} given
 * @param {(host: object, options: import("./types.d.ts").EditorOptions) => Editor} given.makeEditor
 * @param {string} given.text
 * @param {string} given.label What the code is.
 * @param {Name[]} given.names
 * @param {RegExp} [given.begin] What of the code is shown first.
 * @param {(text: string, patience: number) => void} given.run It may run so many milliseconds each time.
 * @param {() => void} given.stop
 * @param {() => void} given.reset The code is again what it was at first.
 * @returns {Desk}
 */
export function makeDesk(host, { makeEditor, text, label, names, begin: first, run, stop, reset }) {
  let original = text;
  let ran = text;
  let patience = PATIENCE.answer;
  const place = made("div", "desk-editor");
  const begin = button("Run", "data-run");
  const longer = button("", "data-longer");
  const halt = button("Stop", "data-stop");
  const back = button("Reset", "data-restore");
  const state = made("p", "desk-state", { role: "status", "data-desk-state": "" });
  const wrong = made("p", "desk-wrong", { role: "alert", "data-wrong": "" });
  const output = made("pre", "desk-output", {
    tabindex: "0",
    "aria-label": "What the code printed",
    "data-printed": "",
  });
  const results = made("div", "desk-results", { "data-results": "" });
  const buttons = made("div", "desk-buttons");
  const hint = made("p", "desk-hint");
  hint.textContent = HINT;
  output.setAttribute("role", "group");
  buttons.append(begin, longer, halt, back, state);
  host.append(hint, place, buttons, wrong, output, results);

  const editor = makeEditor(place, {
    text,
    label: `${label}. ${HINT}`,
    names,
    begin: first,
    run: start,
    changed,
  });
  changed();
  become("rest");
  wrong.hidden = output.hidden = longer.hidden = true;

  begin.addEventListener("click", start);
  longer.addEventListener("click", () => {
    patience *= 2;
    start();
    begin.focus(); // the button that was pressed is gone
  });
  halt.addEventListener("click", stop);
  back.addEventListener("click", () => {
    if (isOriginal()) return;
    renew(original);
    say("The code is as it was.");
    reset();
  });

  function isOriginal() {
    return editor.text() === original && ran === original;
  }

  function changed() {
    useless(back, isOriginal());
  }

  /**
   * A button that has the focus keeps it: it only says that there is nothing to do.
   * @param {HTMLElement} one
   * @param {boolean} now
   */
  function useless(one, now) {
    one.setAttribute("aria-disabled", String(now));
  }

  function start() {
    ran = editor.text();
    changed();
    run(ran, patience);
  }

  /** @param {string} words */
  function renew(words) {
    ran = original = words;
    patience = PATIENCE.answer;
    editor.replace(words);
    changed();
    quiet();
    become("rest");
  }

  /** @param {"rest" | "busy" | "done" | "failed"} name */
  function become(name) {
    host.dataset.desk = name;
    useless(halt, name !== "busy");
  }

  /**
   * A screen reader hears what has changed.
   * @param {string} sentence
   */
  function say(sentence) {
    if (state.textContent !== sentence) state.textContent = sentence;
  }

  function quiet() {
    editor.complain(null);
    wrong.hidden = output.hidden = longer.hidden = true;
    wrong.textContent = output.textContent = "";
  }

  return {
    results,
    began() {
      quiet();
      become("busy");
      say("Running.");
    },
    printed(words, anew) {
      if (anew) output.textContent = "";
      const shown = output.textContent ?? "";
      if (shown.length >= MOST_PRINTED) return;
      output.append(words.slice(0, MOST_PRINTED - shown.length));
      output.hidden = output.textContent === "";
    },
    ended(failure) {
      become(failure ? "failed" : "done");
      say(failure ? "" : "Done.");
      if (wrong.textContent !== (failure?.message ?? "")) wrong.textContent = failure?.message ?? "";
      wrong.hidden = !failure;
      longer.hidden = failure?.code !== "timeout";
      longer.textContent = `Run for up to ${(2 * patience) / 1000} seconds`;
      editor.complain(failure?.line ?? null);
    },
    waits(sentence) {
      if (host.dataset.desk === "busy") say(sentence);
    },
    focus: () => editor.focus(),
    replace(words) {
      renew(words);
      say("");
    },
  };
}

/**
 * @param {string} words
 * @param {string} mark
 */
function button(words, mark) {
  const element = /** @type {HTMLButtonElement} */ (made("button", "button", { type: "button", [mark]: "" }));
  element.textContent = words;
  return element;
}

/**
 * @param {string} tag
 * @param {string} look
 * @param {Record<string, string>} [attributes]
 */
function made(tag, look, attributes = {}) {
  const element = document.createElement(tag);
  element.className = look;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
