// Puts figures together from frames with the page's own module: JSON on standard input and output.
import { text } from "node:stream/consumers";
import { frameAt, isFramesOf } from "../../site/static/js/frames.js";

const { start, frames, stops, wanted } = JSON.parse(await text(process.stdin));
const accepted = isFramesOf(stops)(frames);
const figures = accepted ? wanted.map((stop) => frameAt(frames, start, stop)) : null;
process.stdout.write(JSON.stringify(figures));
