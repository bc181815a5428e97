/**
 * Opens the code of a figure: its module in an editor, which the reader changes and runs in the place of ours. It is loaded
 * when the first reader asks for code.
 *
 * What a reader has written lives here, in the page, and in no link; it runs when the reader says so.
 *
 * @import { Engine } from "./engine.js"
 * @import { Client, EditorModule, SiteConfig, WorkbenchIndex } from "./types.d.ts"
 * @import { Widget } from "./widget.js"
 */

import { asset, deliver } from "./deliver.js";
import { makeDesk } from "./desk.js";
import { guardedReply } from "./guard.js";

/** @type {Promise<{ index: WorkbenchIndex, editor: EditorModule }> | null} */
let loading = null;

/**
 * What every desk needs, once; after a failure the next call tries again.
 * @param {SiteConfig} config
 */
export function tools(config) {
  loading ??= load(config.workbench).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/**
 * @param {string} url
 * @returns {Promise<{ index: WorkbenchIndex, editor: EditorModule }>}
 */
async function load(url) {
  const at = new URL(url, document.baseURI);
  /** @type {WorkbenchIndex} */
  const index = JSON.parse(await text(at.href));
  const address = (/** @type {string} */ path) => new URL(path, at).href;
  const [, editor] = await Promise.all([styled(address(index.sheet)), imported(address(index.editor))]);
  for (const [name, path] of Object.entries(index.sources)) index.sources[name] = address(path);
  return { index, editor };
}

/**
 * @param {string} url
 * @returns {Promise<EditorModule>}
 */
async function imported(url) {
  await deliver(asset(url)); // an import that failed would be remembered
  return import(url);
}

/** @param {string} url */
async function styled(url) {
  if ([...document.styleSheets].some(({ href }) => href === url)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = url;
  await new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

/**
 * A text of the build's.
 * @param {string} url
 */
export const text = async (url) => new TextDecoder().decode(await deliver(asset(url)));

/**
 * Fill the panel of a figure, when it is opened for the first time.
 * @param {HTMLElement} panel
 * @param {string} name
 * @param {Widget} widget
 * @param {Engine} engine
 * @param {SiteConfig} config
 */
export async function openPanel(panel, name, widget, engine, config) {
  const { index, editor } = await tools(config);
  const original = await text(index.sources[name] ?? "");
  const host = document.createElement("div");
  host.className = "desk";
  panel.append(host);
  let edited = false;
  const desk = makeDesk(host, {
    makeEditor: editor.makeEditor,
    text: original,
    label: `The module ${name}.py`,
    names: index.names,
    begin: /^def (figure|draw)\(/m,
    run(source, patience) {
      engine.guard = guardedReply;
      edited = true;
      engine.edit(name, source, patience);
      desk.began();
      widget.redraw("anew");
    },
    stop: () => engine.stop(name),
    reset() {
      edited = false;
      engine.stop(name);
      engine.edit(name);
      widget.redraw("first");
    },
  });
  engine.join(
    name,
    listening(widget, desk, () => edited),
  );
}

/**
 * The figure, with the desk listening.
 * @param {Widget} widget
 * @param {import("./desk.js").Desk} desk
 * @param {() => boolean} edited
 * @returns {Client}
 */
function listening(widget, desk, edited) {
  let fresh = true;
  return {
    phase: (phase) => widget.phase(phase),
    async figure(rendered, params, from) {
      await widget.figure(rendered, params, from);
      ended();
    },
    failed(failure, params) {
      widget.failed(failure, params, edited());
      ended(failure);
    },
    told: (sentence) => widget.told(sentence),
    output(words) {
      desk.printed(words, fresh);
      fresh = false;
    },
  };

  /** @param {import("./types.d.ts").Failure} [failure] */
  function ended(failure) {
    if (fresh) desk.printed("", true);
    fresh = true;
    if (edited()) desk.ended(failure);
  }
}
