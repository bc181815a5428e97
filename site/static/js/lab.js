/**
 * The entry of the page for code: a free editor, examples that go into it, and cells that run where they stand.
 *
 * @import { Client, EditorModule, Failure, PlotlyFigure, SiteConfig, WorkbenchIndex } from "./types.d.ts"
 */

import { find } from "./controls.js";
import { makeDesk } from "./desk.js";
import { Engine } from "./engine.js";
import { guardedReply } from "./guard.js";
import { idle } from "./idle.js";
import { progressText } from "./megabytes.js";
import { keepOffline } from "./offline.js";
import { makePlot } from "./plot.js";
import { startTheme } from "./theme.js";
import { tools } from "./workbench.js";

/** What comes of a cell. @typedef {{ value: string, figures: (PlotlyFigure & { summary: string })[] }} Result */

const NARROW = matchMedia("(max-width: 40rem)");

/** How many editors there are. */
let cells = 0;

startTheme();
startLab(JSON.parse(find(document.head, "#site-config", HTMLScriptElement).text));

/** @param {SiteConfig} config */
async function startLab(config) {
  idle().then(() => keepOffline(config));
  const engine = new Engine(config);
  engine.guard = guardedReply;
  const area = find(document.body, "[data-controls]", HTMLFieldSetElement);
  const codes = [...document.querySelectorAll(".lab-example")].map((example) => codeIn(example));
  try {
    const given = await tools(config);
    const desk = open(
      find(area, "[data-lab]", HTMLElement),
      codes[0] ?? "",
      "Your code",
      engine,
      config,
      given,
    );
    area.disabled = false;
    for (const [index, button] of [...document.querySelectorAll("[data-take]")].entries()) {
      if (button instanceof HTMLElement) button.hidden = false;
      button.addEventListener("click", () => {
        desk.replace(codes[index] ?? "");
        area.scrollIntoView();
      });
    }
    for (const cell of document.querySelectorAll(".lab-cell")) offer(cell, engine, config, given);
  } catch {
    find(document.body, "[data-lost]", HTMLElement).hidden = false;
  }
}

/** @param {Element} element */
function codeIn(element) {
  return `${element.querySelector("pre")?.textContent ?? ""}\n`;
}

/**
 * Let the code of a cell be changed and run in its place.
 * @param {Element} cell
 * @param {Engine} engine
 * @param {SiteConfig} config
 * @param {{ index: WorkbenchIndex, editor: EditorModule }} given
 */
function offer(cell, engine, config, given) {
  const row = find(cell, "[data-offer]", HTMLElement);
  row.hidden = false;
  find(row, "[data-edit]", HTMLButtonElement).addEventListener("click", () => {
    const host = document.createElement("div");
    host.className = "desk";
    const title = cell.querySelector("h3")?.textContent ?? "";
    const code = codeIn(cell);
    cell.querySelector("pre")?.replaceWith(host);
    row.remove(); // the focus goes to what it was about
    open(host, code, title, engine, config, given).focus();
  });
}

/**
 * Open an editor for a cell.
 * @param {HTMLElement} host
 * @param {string} code
 * @param {string} label
 * @param {Engine} engine
 * @param {SiteConfig} config
 * @param {{ index: WorkbenchIndex, editor: EditorModule }} given
 */
function open(host, code, label, engine, config, { index, editor }) {
  cells += 1;
  const name = `#${cells}`;
  const desk = makeDesk(host, {
    makeEditor: editor.makeEditor,
    text: code,
    label,
    names: index.names,
    run(source, patience) {
      desk.began();
      engine.edit(name, source, patience);
      engine.ask(name, {});
    },
    stop: () => engine.stop(name),
    reset: () => engine.stop(name),
  });
  const show = makeResults(desk.results, config);
  let fresh = true;
  /** @type {Client} */
  const client = {
    phase(phase) {
      if (phase.name === "booting")
        desk.waits(
          phase.stage === "download" && phase.total > 0
            ? `Downloading Python: ${progressText(phase.loaded, phase.total)}`
            : "Starting Python",
        );
    },
    async figure(rendered) {
      await show(/** @type {Result} */ (/** @type {unknown} */ (rendered)));
      ended();
    },
    failed: (failure) => ended(failure),
    told() {},
    output(words) {
      desk.printed(words, fresh);
      fresh = false;
    },
  };
  engine.join(name, client);
  host.addEventListener("focusin", () => engine.start(), { once: true });
  return desk;

  /** @param {Failure} [failure] */
  function ended(failure) {
    fresh = true;
    desk.ended(failure);
  }
}

/**
 * Shows a cell's value and its figures, in the same places each time.
 * @param {HTMLElement} host
 * @param {SiteConfig} config
 */
function makeResults(host, config) {
  const value = document.createElement("pre");
  value.className = "desk-value";
  value.dataset.value = "";
  value.tabIndex = 0;
  value.hidden = true;
  value.setAttribute("role", "group");
  value.setAttribute("aria-label", "The value of the last line");
  host.append(value);
  /** @type {ReturnType<typeof makePicture>[]} */
  const pictures = [];

  /** @param {Result} result */
  return async (result) => {
    value.textContent = result.value;
    value.hidden = result.value === "";
    while (pictures.length < result.figures.length) pictures.push(makePicture(host, config));
    await Promise.all(pictures.map((picture, index) => picture.show(result.figures[index])));
  };
}

/**
 * @param {HTMLElement} host
 * @param {SiteConfig} config
 */
function makePicture(host, config) {
  const frame = document.createElement("div");
  const box = document.createElement("div");
  frame.className = "desk-figure";
  frame.setAttribute("role", "img");
  box.className = "plot-live";
  frame.append(box);
  host.append(frame);
  const plot = makePlot(box, NARROW, config.plotly, () => {});
  /** @type {PlotlyFigure | undefined} */
  let shown;
  NARROW.addEventListener("change", size);

  function size() {
    const { height } = { ...shown?.layout, ...(NARROW.matches && shown?.narrow) };
    box.style.blockSize = `${typeof height === "number" ? height : 360}px`;
  }

  return {
    /** @param {(PlotlyFigure & { summary: string }) | undefined} figure */
    async show(figure) {
      frame.hidden = figure === undefined;
      if (!figure) return;
      shown = figure;
      size();
      frame.setAttribute("aria-label", figure.summary || "What the code has drawn");
      frame.dataset.drawn = String(await plot.draw(figure));
    },
  };
}
