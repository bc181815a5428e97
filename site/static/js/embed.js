/**
 * The entry of a page that has one figure alone, mostly in a frame of somebody else's page: the article's, and besides
 * it tells that page how high it is, and does what a lesson's link asks for.
 */

import "./main.js";
import { find } from "./controls.js";

/** In CSS pixels: more, no page has to believe. */
const HIGHEST = 10_000;
/** In characters. */
const LONGEST = 300;

/** What of a figure a lesson can do without, besides its controls. */
const PARTS = new Map([
  ["question", ".widget-question"],
  ["presets", ".presets"],
  ["readouts", "[data-readouts]"],
  ["table", ".widget-table:has(table)"],
  ["python", "[data-python]"],
  ["share", "[data-share]"],
]);

/** @param {string} text */
const short = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const lesson = find(document.body, "[data-lesson]", HTMLElement);
const query = new URLSearchParams(location.search);
for (const name of query.getAll("hide").flatMap((names) => names.split(","))) if (name) conceal(name.trim());
const prompt = query.get("prompt");
if (prompt) ask(prompt);
tellHeight();

/** @param {string} name */
function conceal(name) {
  const controls = [...document.querySelectorAll("[data-control]")].map((each) =>
    each.getAttribute("data-control"),
  );
  const selector = controls.includes(name) ? `[data-control="${name}"]` : PARTS.get(name);
  const there = selector ? document.querySelectorAll(selector) : [];
  for (const part of there) part.classList.add("concealed");
  if (!selector)
    say(
      `The link asks to hide ${short(name)}, which this figure does not have; it can hide ${[...controls, ...PARTS.keys()].join(", ")}.`,
    );
}

/** @param {string} text */
function ask(text) {
  if (text.length > LONGEST) {
    say(
      `The link asks a question of ${text.length} characters, which is not shown; ${LONGEST} are the most.`,
    );
    return;
  }
  // What turns the direction of the text could make it say something else.
  const plain = text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, " ");
  const line = say("From whoever made this link:");
  line.append(Object.assign(document.createElement("q"), { textContent: plain }));
}

/** @param {string} sentence */
function say(sentence) {
  const line = Object.assign(document.createElement("p"), { className: "lesson", textContent: sentence });
  lesson.append(line);
  return line;
}

/** Tell the page around this one, and no other, how high this one is: now, and whenever that changes. */
function tellHeight() {
  const host = hostOrigin();
  if (parent === window || !host) return;
  const page = document.documentElement;
  new ResizeObserver(() => {
    const n = Math.min(Math.ceil(page.getBoundingClientRect().height), HIGHEST);
    parent.postMessage({ type: "height", n }, host);
  }).observe(page);
}

/** The origin of the page around this one; empty when the browser does not say. */
function hostOrigin() {
  const { ancestorOrigins } = location;
  try {
    const { origin } = new URL(ancestorOrigins?.[0] ?? document.referrer);
    return origin === "null" ? "" : origin;
  } catch {
    return "";
  }
}
