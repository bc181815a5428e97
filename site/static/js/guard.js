/**
 * Reads what a worker says in which a reader's code may have run. Such a worker can say anything, so nothing of it is
 * believed beyond what is listed here: figures are copied key by key, and what is not on the list stays behind.
 *
 * @import { Failure, PlotlyFigure, Reply, Trace } from "./types.d.ts"
 */

import { isDrawable, isListOf, isNumber, isRendered, isText, parseReply } from "./reply.js";
import { isRecord } from "./same.js";

/** The longest message that the worker sends. */
const LONGEST_MESSAGE = 2_100_000;
/** And the longest text in a figure, a sentence or a table's cell. */
const LONGEST_TEXT = 2000;
const LONGEST_VALUE = 10_000;
const MOST_TRACES = 200;
const MOST_ANNOTATIONS = 200;
const MOST_FIGURES = 8;
const MOST_ROWS = 2000;
/** How many values a layout may have, over all of its parts. */
const MOST_SETTINGS = 5000;
/** Words that a figure writes at its points; browsers take a second for 5,000. */
const MOST_WORDS = 2000;
/** Slices of a pie, which each get a label; the page would stand still for seconds with 2,000. */
const MOST_SLICES = 200;
/** Labels of an axis; 1,000 take half a minute. */
const MOST_TICKS = 100;
/** CSS pixels. */
const HEIGHTS = { least: 80, most: 2400 };

/** The kinds of traces that the page's Plotly draws and that show nothing but data. */
const TRACES = ["scatter", "bar", "pie"];

/**
 * What a trace and a layout may say, at any depth: looks, places and words. Not among them: images, links, buttons,
 * sliders, templates, requests to other hosts, and events.
 */
const KEYS = new Set(
  `align anchor angle annotations arraydz array arrayminus arrowcolor arrowhead arrowsize arrowwidth autorange automargin
  axref ayref ax ay b bargap bargroupgap barmode base bgcolor bordercolor borderpad borderwidth cliponaxis cmax cmid cmin
  color colorscale colors connectgaps constrain constraintoward dash data domain dragmode dtick error_x error_y
  exponentformat family fill fillcolor fixedrange font gridcolor gridwidth height held hole hoverinfo hoverlabel hovermode
  hovertemplate hovertext insidetextfont l labels layer layout legend legendgroup line linecolor linewidth margin marker
  matches maxallowed meta minallowed mirror mode name narrow nticks offset opacity orientation outlinewidth pad
  paper_bgcolor pattern plot_bgcolor position r range rangemode ref reversescale rotation scaleanchor scaleratio shape
  shapes showarrow showgrid showlegend showline showscale showticklabels side simplify size sizemode sizeref smoothing
  sort standoff symbol symmetric t text textangle textfont textinfo textposition thickness tick0 tickangle tickcolor
  tickfont tickformat ticklen tickmode tickprefix ticks ticksuffix ticktext tickvals tickwidth title traceorder type
  valign value values visible width x x0 x1 xanchor xaxis xref xshift y y0 y1 yanchor yaxis yref yshift zeroline
  zerolinecolor zerolinewidth`
    .split(/\s+/)
    .filter((key) => key !== ""),
);
const AXIS = /^[xy]axis([2-9]|1[0-9])?$/;

/**
 * What a worker says, if it may be believed; null is not listened to.
 * @param {unknown} text
 * @returns {Reply | null}
 */
export function guardedReply(text) {
  if (typeof text !== "string" || text.length > LONGEST_MESSAGE) return null;
  const reply = parseReply(text);
  if (reply?.type === "figure") return figureReply(reply.id, reply.rendered);
  if (reply?.type === "failed") return { ...reply, ...failure(reply) };
  if (reply) return reply;
  return answerReply(text);
}

/**
 * @param {string} text
 * @returns {Reply | null}
 */
function answerReply(text) {
  try {
    const { id, type, text: printed, answer } = JSON.parse(text);
    if (!isText(id)) return null;
    if (type === "output" && isText(printed)) return { id, type, text: printed };
    if (type !== "answer" || !isRecord(answer)) return null;
    const { rendered, cell, failed } = answer;
    if (isRecord(failed)) return { id, type: "failed", ...failure(failed) };
    if (rendered !== undefined) return figureReply(id, rendered);
    return isRecord(cell) ? cellReply(id, cell) : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} id
 * @param {unknown} rendered
 * @returns {Reply}
 */
function figureReply(id, rendered) {
  if (!isRendered(rendered)) return refused(id, "what came back is no figure");
  try {
    const { readouts, table, summary, linked, simulation } = rendered;
    return {
      id,
      type: "figure",
      rendered: {
        figure: allowed(rendered.figure),
        readouts: readouts.slice(0, MOST_ANNOTATIONS).map((readout) => ({
          ...readout,
          label: brief(readout.label),
          text: brief(readout.text),
          unit: brief(readout.unit),
        })),
        table: { columns: table.columns.map(brief), rows: table.rows.slice(0, MOST_ROWS).map(row) },
        summary: brief(summary),
        ...(linked && { linked }),
        ...(simulation && { simulation }),
      },
    };
  } catch (error) {
    return refused(id, error);
  }
}

/**
 * @param {string} id
 * @param {Record<string, unknown>} cell
 * @returns {Reply}
 */
function cellReply(id, { value, figures }) {
  try {
    if (!isText(value) || !isListOf(figures, isRecord)) throw new TypeError("what came back is no result");
    const drawable = /** @type {Record<string, unknown>[]} */ (figures)
      .slice(0, MOST_FIGURES)
      .map((figure) => {
        if (!isListOf(figure.data, isRecord) || !isRecord(figure.layout))
          throw new TypeError("what is to be shown is no figure");
        return { ...allowed(/** @type {any} */ (figure)), summary: brief(String(figure.summary ?? "")) };
      });
    const rendered = { value: String(value).slice(0, LONGEST_VALUE), figures: drawable };
    return { id, type: "figure", rendered: /** @type {any} */ (rendered) };
  } catch (error) {
    return refused(id, error);
  }
}

/**
 * A copy of a figure with nothing in it but what is on the list.
 * @param {PlotlyFigure} figure
 * @returns {PlotlyFigure}
 */
export function allowed({ data, layout, narrow }) {
  if (data.length > MOST_TRACES) throw new RangeError(`a figure may have ${MOST_TRACES} traces at most`);
  if (!isDrawable(/** @type {any} */ ({ figure: { data } })))
    throw new RangeError("a figure may have 50,000 points at most");
  if (data.reduce((sum, given) => sum + wordsOf(given), 0) > MOST_WORDS)
    throw new RangeError(`a figure may write ${MOST_WORDS.toLocaleString("en")} words at its points at most`);
  const wide = arranged(layout);
  return {
    data: /** @type {Trace[]} */ (data.map(trace)),
    layout: ticked(wide),
    narrow: isRecord(narrow) ? ticked(arranged(narrow), wide) : {},
  };
}

/**
 * How many words a trace writes at its points.
 * @param {Record<string, unknown>} given
 */
const wordsOf = ({ type, mode, text, ...given }) =>
  text !== undefined && (type === "bar" || String(mode).includes("text"))
    ? Math.max(0, ...[text, given.x, given.y].map((list) => (Array.isArray(list) ? list.length : 0)))
    : 0;

/**
 * A layout whose axes have no more labels than can be placed at once; what asks for more is left to Plotly.
 * @param {Record<string, unknown>} layout
 * @param {Record<string, unknown>} [base] What it is laid over.
 */
function ticked(layout, base = {}) {
  const all = Object.entries({ ...base, ...layout }).filter(
    ([key, axis]) => AXIS.test(key) && isRecord(axis),
  );
  const spans = all.map(([, axis]) => spanOf(/** @type {Record<string, unknown>} */ (axis)));
  for (const [key, axis] of Object.entries(layout)) {
    if (!AXIS.test(key) || !isRecord(axis)) continue;
    const below = isRecord(base[key]) ? base[key] : {};
    for (const list of ["tickvals", "ticktext"])
      if (Array.isArray(axis[list])) axis[list] = axis[list].slice(0, MOST_TICKS);
    if ("nticks" in axis) axis.nticks = Math.min(Number(axis.nticks), MOST_TICKS) || 0;
    const whole = { ...below, ...axis };
    const linked = "matches" in whole || "scaleanchor" in whole;
    const span = linked ? Math.max(...spans) : spanOf(whole);
    if (("dtick" in whole || whole.tickmode === "linear") && !(labelsOf(whole, span) <= MOST_TICKS))
      for (const name of ["dtick", "tickmode", ...(key in base ? ["range", "autorange", "type"] : [])])
        delete axis[name];
  }
  return layout;
}

/**
 * How far an axis reaches; NaN when that follows from the data.
 * @param {Record<string, unknown>} axis
 */
const spanOf = ({ range, autorange }) =>
  Array.isArray(range) && !autorange ? Math.abs(Number(range[1]) - Number(range[0])) : Number.NaN;

/**
 * How many labels an axis asks for; NaN when that cannot be said.
 * @param {Record<string, unknown>} axis
 * @param {number} span
 */
function labelsOf({ dtick, type = "linear" }, span) {
  if (type === "log" && (dtick === "D1" || dtick === "D2")) return 9 * span;
  return isNumber(dtick) && (type === "linear" || type === "log")
    ? span / Math.abs(Number(dtick))
    : Number.NaN;
}

/** @param {Record<string, unknown>} given */
function trace(given) {
  const { type = "scatter" } = given;
  if (!TRACES.includes(String(type)))
    throw new TypeError(
      `the page draws no traces of the type ${brief(String(type))}, but ${TRACES.join(", ")}`,
    );
  if (type === "pie" && Object.values(given).some((list) => Array.isArray(list) && list.length > MOST_SLICES))
    throw new RangeError(`a pie may have ${MOST_SLICES} slices at most`);
  return { ...copied(given), type };
}

/** @param {Record<string, unknown>} given */
function arranged(given) {
  const layout = copied(given);
  if (countOf(layout) > MOST_SETTINGS)
    throw new RangeError(`a layout may have ${MOST_SETTINGS.toLocaleString("en")} values at most`);
  delete layout.width;
  if (isNumber(layout.height))
    layout.height = Math.min(Math.max(Number(layout.height), HEIGHTS.least), HEIGHTS.most);
  else delete layout.height;
  if (Array.isArray(layout.annotations)) layout.annotations = layout.annotations.slice(0, MOST_ANNOTATIONS);
  return layout;
}

/**
 * @param {Record<string, unknown>} given
 * @returns {Record<string, unknown>}
 */
const copied = (given) =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => KEYS.has(key) || AXIS.test(key))
      .map(([key, value]) => [key, plain(value)]),
  );

/**
 * @param {unknown} value
 * @returns {unknown}
 */
function plain(value) {
  if (typeof value === "string") return unlinked(brief(value));
  if (Array.isArray(value)) return value.map(plain);
  return isRecord(value) ? copied(value) : value;
}

/**
 * Plotly makes links of `<a href>`: such text loses all that could begin a tag.
 * @param {string} text
 */
const unlinked = (text) => (/<\s*\/?\s*a\b/i.test(text) ? text.replaceAll("<", "") : text);

/** @param {string} text */
const brief = (text) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);

/**
 * @param {unknown} value
 * @returns {number}
 */
const countOf = (value) =>
  typeof value === "object" && value !== null
    ? Object.values(value).reduce((sum, inner) => sum + countOf(inner), 0)
    : 1;

/** @param {string[]} cells */
const row = (cells) => cells.map(brief);

/**
 * @param {{ code?: unknown, message?: unknown, line?: unknown }} given
 * @returns {Failure}
 */
const failure = ({ code, message, line }) => ({
  code: /** @type {Failure["code"]} */ (isText(code) ? code : "python"),
  message: brief(isText(message) ? String(message) : "The code failed."),
  ...(Number.isInteger(line) && { line: Number(line) }),
});

/**
 * @param {string} id
 * @param {unknown} reason
 * @returns {Reply}
 */
const refused = (id, reason) => ({
  id,
  type: "failed",
  code: "python",
  message: `This figure is not drawn: ${brief(reason instanceof Error ? reason.message : String(reason))}.`,
});
