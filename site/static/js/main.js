/**
 * The page's entry: every figure becomes a Widget when it is near the screen, and Python starts when nobody minds.
 *
 * @import { SiteConfig } from "./types.d.ts"
 */

import { Engine } from "./engine.js";
import { whenIdle } from "./idle.js";
import { keepOffline } from "./offline.js";
import { diedWhileStarting } from "./startguard.js";
import { mayStartUnasked } from "./support.js";
import { startTheme } from "./theme.js";
import { startToc } from "./toc.js";
import { Widget } from "./widget.js";

/** How close a figure comes before it is drawn: one window's height. */
const NEAR = "100% 0px";

const WAITS = "This page broke off while Python was starting, so Python now waits until you use a control.";

/** Where what a reader opens did not arrive. */
const LOST = "This did not arrive. Check the connection and load the page again.";

startTheme();
startToc();
startFigures();
document.addEventListener("toggle", opened, true); // on its way down, since it does not come up

/** Have every picture that paper shows: what has been near the screen or not, and in the dark, too. */
function readyForPaper() {
  for (const picture of document.querySelectorAll(".picture-light img"))
    picture.setAttribute("loading", "eager");
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

function startFigures() {
  const source = document.getElementById("site-config");
  if (!source?.textContent) return;
  /** @type {SiteConfig} */
  const config = JSON.parse(source.textContent);
  if (config.serviceWorker !== undefined) keepOffline(config);
  const engine = new Engine(config);
  const unasked = mayStartUnasked() && !diedWhileStarting();
  addEventListener("beforeprint", readyForPaper);
  if (mayStartUnasked()) addEventListener("load", () => whenIdle(readyForPaper));

  /** @type {Map<Element, Widget>} */
  const widgets = new Map();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const widget = widgets.get(target);
        if (!isIntersecting || !widget) continue;
        observer.unobserve(target);
        widget.approach();
        widget.supplied.then(() => {
          if (unasked) engine.start();
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
    if (panel instanceof HTMLElement) offerCode(panel, figure.dataset.widget ?? "", widget, engine, config);
  }
}

/**
 * The editor comes when the panel is opened for the first time.
 * @param {HTMLElement} panel
 * @param {string} name
 * @param {Widget} widget
 * @param {Engine} engine
 * @param {SiteConfig} config
 */
function offerCode(panel, name, widget, engine, config) {
  panel.hidden = false;
  panel.addEventListener(
    "toggle",
    () =>
      import("./workbench.js")
        .then(({ openPanel }) => openPanel(panel, name, widget, engine, config))
        .catch(() =>
          panel.append("The editor did not arrive. Check the connection and load the page again."),
        ),
    { once: true },
  );
}
