/**
 * A figure's program with the reader's setting in it, and the same as a notebook (src/l2site/takeaway.py writes it).
 *
 * @import { WidgetSpec } from "./types.d.ts"
 */

import { find } from "./controls.js";
import { textOf } from "./own.js";

/**
 * @param {string} code As the site publishes it.
 * @param {HTMLElement} figure
 * @param {string} link The address of the figure's state.
 * @param {URL} root The site's.
 */
export function program(code, figure, link, root) {
  /** @type {WidgetSpec} */
  const spec = JSON.parse(find(figure, "[data-spec]", HTMLScriptElement).text);
  const starts = spec.controls.map(({ name, stops, start }) => [name, stops[start]?.[0] ?? ""]);
  const setting = Object.fromEntries([...starts, ...new URLSearchParams(figure.dataset.shown)]);
  for (const { name, kind } of spec.controls)
    if (kind === "own" && setting[name]) setting[name] = textOf(setting[name]);
  const listed = Object.entries(setting).map((pair) => pair.map((part) => JSON.stringify(part)).join(": "));
  return code
    .replace(/^# The figure: .*$/m, () => `# The figure: <${link}>`)
    .replace(/\S+(python\/l2widgets-)/, (_, file) => root.href + file)
    .replace(/^SETTING = .*$/m, () => `SETTING = {${listed.join(", ")}}`);
}

/**
 * Its cells as a Jupyter notebook.
 * @param {string} code
 */
export function notebook(code) {
  const parts = code.split(/^# %%/m).slice(1);
  const cells = parts.map((part, index) => {
    const [head = "", ...lines] = part.trimEnd().split("\n");
    const id = `cell-${index + 1}`;
    if (head.includes("[markdown]"))
      return {
        cell_type: "markdown",
        id,
        metadata: {},
        source: kept(lines.map((line) => line.replace(/^# ?/, ""))),
      };
    return {
      cell_type: "code",
      id,
      metadata: {},
      execution_count: null,
      outputs: [],
      source: kept(lines),
    };
  });
  const kernelspec = { name: "python3", display_name: "Python 3", language: "python" };
  const metadata = { kernelspec, language_info: { name: "python" } };
  return `${JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }, null, 1)}\n`;
}

/**
 * Lines as notebooks keep them: each with its end, but the last.
 * @param {string[]} lines
 */
const kept = (lines) => lines.map((line, index) => (index < lines.length - 1 ? `${line}\n` : line));
