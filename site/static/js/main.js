/**
 * The page's entry: every figure becomes a Widget when it is near the screen of a reader, and Python starts when nobody
 * minds.
 *
 * @import { SiteConfig } from "./types.d.ts"
 */

import { attention } from "./attention.js";
import { Engine } from "./engine.js";
import { calm, idle } from "./idle.js";
import { layOut } from "./laying.js";
import { keepOffline } from "./offline.js";
import { headStart } from "./patience.js";
import { bring } from "./plotter.js";
import { diedWhileStarting } from "./startguard.js";
import { mayStartUnasked } from "./support.js";
import { startTheme } from "./theme.js";
import { startToc } from "./toc.js";
import { turn } from "./turn.js";
import { Widget } from "./widget.js";

/** How close a figure comes before it is drawn: one window's height. */
const NEAR = "100% 0px";

const WAITS = "This page broke off while Python was starting, so Python now waits until you use a control.";

/** Where what a reader opens did not arrive. */
const LOST = "This did not arrive. Check the connection and load the page again.";

const source = document.getElementById("site-config");
/** @type {SiteConfig | null} */
const config = source?.textContent ? JSON.parse(source.textContent) : null;
const engine = config && new Engine(config);
const unasked = mayStartUnasked() && !diedWhileStarting();
if (config && unasked && leadsToAFigure()) {
  bring(config.plotly).catch(() => {}); // the figure asks again, and says so
  engine?.start(headStart());
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin, { once: true });
else begin();

function begin() {
  startTheme();
  startToc();
  layOut();
  if (engine) startFigures(engine, config);
  startQuestions();
  document.addEventListener("toggle", opened, true); // on its way down, since it does not come up
  for (const type of ["pointerover", "pointerdown", "focusin", "click"])
    document.addEventListener(type, lookedUp);
}

/** Whether the reader has come to move a figure: the address names one, or says where its controls stand. */
function leadsToAFigure() {
  return location.hash.startsWith("#figure-") || location.search !== "";
}

/** Have every picture that paper shows: what has been near the screen or not, and in the dark, too. */
function readyForPaper() {
  for (const picture of document.querySelectorAll(".picture-light img"))
    picture.setAttribute("loading", "eager");
}

/** Their script comes when the first is near; until then an answer is explained as soon as it is chosen. */
function startQuestions() {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      import("./questions.js").then(({ start }) => start()).catch(() => {}); // then it stays so
    },
    { rootMargin: NEAR },
  );
  for (const check of document.querySelectorAll("[data-checks]")) observer.observe(check);
}

/** Whether the last press was a finger's: it shows a term's card where a mouse would follow the link. */
let finger = false;

/**
 * A term has a card, whose script comes with the first that is pointed at, focused by keyboard or touched.
 * @param {Event} event
 */
async function lookedUp(event) {
  const { type, target } = event;
  const touch = event instanceof PointerEvent && event.pointerType === "touch";
  if (type === "pointerdown") finger = touch;
  const term = target instanceof Element && target.closest("a.term");
  if (!(term instanceof HTMLAnchorElement)) return;
  const tapped = type === "click" && finger;
  if (tapped) event.preventDefault();
  else if (type === "focusin" ? !term.matches(":focus-visible") : type !== "pointerover" || touch) return;
  try {
    await (await import("./terms.js")).look(term, tapped);
  } catch {
    if (tapped) location.assign(term.href);
  }
}

/** @param {Event} event */
async function opened({ target }) {
  if (!(target instanceof HTMLElement && target.matches("[data-share]"))) return;
  try {
    (await import("./share.js")).fill(target);
  } catch {
    target.append(LOST);
  }
}

/**
 * @param {Engine} engine
 * @param {SiteConfig} config
 */
async function startFigures(engine, config) {
  /** @type {Promise<unknown>[]} What figures that have come near are waiting for. */
  const supplies = [];
  // What the screen shows comes first.
  const later = idle()
    .then(() => Promise.all(supplies))
    .then(calm)
    .then(idle);
  if (config.serviceWorker !== undefined) later.then(() => keepOffline(config));
  addEventListener("beforeprint", readyForPaper); // but browsers do not wait for what that asks for
  if (mayStartUnasked()) later.then(readyForPaper);

  /** @type {Map<Element, Widget>} */
  const widgets = new Map();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const widget = widgets.get(target);
        if (!isIntersecting || !widget) continue;
        observer.unobserve(target);
        supplies.push(widget.supplied);
        // A link to another state than the picture's is a sign of a reader, too.
        Promise.resolve(widget.moved || attention).then(() => {
          widget.approach();
          if (unasked) engine.start(headStart(widget.supplied));
          else if (diedWhileStarting()) widget.told(WAITS);
        });
      }
    },
    { rootMargin: NEAR },
  );
  for (const figure of document.querySelectorAll("figure[data-widget]")) {
    if (!(figure instanceof HTMLElement)) continue;
    const widget = new Widget(figure, config, engine);
    widgets.set(figure, widget);
    observer.observe(figure);
    const panel = figure.querySelector("details[data-python]");
    if (panel instanceof HTMLDetailsElement)
      offerCode(panel, figure.dataset.widget ?? "", widget, engine, config);
    await turn(); // ten at once would keep a slow phone for half a second
  }
}

/**
 * The editor comes when the panel is opened for the first time, which may have been before this script was there.
 * @param {HTMLDetailsElement} panel
 * @param {string} name
 * @param {Widget} widget
 * @param {Engine} engine
 * @param {SiteConfig} config
 */
function offerCode(panel, name, widget, engine, config) {
  async function fill() {
    try {
      const { openPanel } = await import("./workbench.js");
      await openPanel(panel, name, widget, engine, config);
    } catch {
      panel.append("The editor did not arrive. Check the connection and load the page again.");
    }
  }
  if (panel.open) fill();
  else panel.addEventListener("toggle", fill, { once: true });
}
