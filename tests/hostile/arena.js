// Plays a worker in which a reader's code has forged every answer, against the page's own modules and under its policy.
import { guardedReply } from "/raw/js/guard.js";
import { makePlot } from "/raw/js/plot.js";
import { makeReadings } from "/raw/js/readings.js";
import { parseReply } from "/raw/js/reply.js";

const { plotly, messages, drawn } = await (await fetch("cases.json")).json();
const plot = makePlot(document.querySelector("[data-live]"), matchMedia("(max-width: 1px)"), plotly, () => {});
const readings = makeReadings(document.querySelector("figure"));
const count = { heard: 0, drawn: 0, refused: 0 };

for (const message of messages) {
  parseReply(message);
  if (guardedReply(message)) count.heard += 1;
}
for (const message of drawn) {
  const reply = guardedReply(message);
  if (reply?.type !== "figure") continue;
  try {
    await plot.draw(reply.rendered.figure);
    count.drawn += 1;
  } catch {
    count.refused += 1; // the page would say so, and keep the last good figure
  }
  readings.show(reply.rendered);
}
document.body.dataset.done = JSON.stringify(count);
