/**
 * One figure with its controls: reads where they stand, asks Python for the figure, shows the answer. Until Python has
 * answered, the first slider is answered by frames that the build computed.
 *
 * @import { Engine } from "./engine.js"
 * @import { ControlSpec, Failure, Frames, From, Params, Phase, Rendered, SiteConfig, WidgetSpec } from "./types.d.ts"
 */

import { onAddressChanged, readAddress, writeAddress } from "./address.js";
import { find, makeControl } from "./controls.js";
import { DeliveryError } from "./deliver.js";
import { frameAt, isFramed, isFramesOf } from "./frames.js";
import { makeHold } from "./hold.js";
import { headStart } from "./patience.js";
import { makePlayer, throughStops } from "./player.js";
import { makePlot } from "./plot.js";
import { prepared } from "./prepared.js";
import { makeReadings } from "./readings.js";
import { isRendered } from "./reply.js";
import {
  differing,
  isShown,
  lastOf,
  linkable,
  moved,
  paramsOf,
  read,
  standingOf,
  startOf,
} from "./settings.js";
import { makeOffer } from "./shared.js";
import { keepInSight } from "./sight.js";
import { Simulation } from "./simulation.js";
import { makeStatus } from "./status.js";
import { makeTransport } from "./transport.js";

/** Why a figure was not drawn, when its drawing code did arrive. */
const DRAWING_FAILED = "its drawing code failed. Choose other settings, or try again.";

/** What is read out in the place of a bar that fills. */
const WAITING = "Python is on its way; the figure follows.";

export class Widget {
  #figure;
  #engine;
  /** @type {WidgetSpec} */
  #spec;
  /** @type {import("./settings.js").Positions} */
  #positions;
  #plot;
  #readings;
  #status;
  #offer;
  /** @type {Map<string, import("./controls.js").Control>} */
  #controls = new Map();
  /** @type {Map<string, HTMLElement>} What holds each of them. */
  #rows = new Map();
  /** @type {{ stop(): void }[]} */
  #players = [];
  /** @type {Simulation | null} Of a figure that goes on by itself, as the next three. */
  #simulation = null;
  /** @type {import("./transport.js").Transport | null} */
  #transport = null;
  /** Whether the next frame is read out, wherever the controls stand. */
  #stepped = false;
  /** Whether an answer of Python's is on its way to the screen. */
  #owed = false;
  /** What the reader asked for and what is on the screen: queries as in data-shown. */
  #wanted = "";
  #shown = "";
  /** @type {import("./types.d.ts").Linked} Where the figure on the screen says that linked sliders stand. */
  #linked = {};
  #live = false;
  /** Whether this Python has answered for this figure, so that its next answer is quick. */
  #answered = false;
  #near = false;
  /** Whether what `approach` has asked for is on its way. */
  #approaching = false;
  #supply = () => {};
  /** Resolves when the figure's own files are there, or are not to be had: the line is free. */
  supplied = new Promise((resolve) => {
    this.#supply = () => resolve(undefined);
  });
  /** Whether the reader has moved the first slider meanwhile. */
  #early = false;
  /** @type {((positions: import("./settings.js").Positions) => Rendered | null) | null} */
  #frame = null;
  /** @type {string | null} The query for which a frame stands in, until Python's own figure is on the screen. */
  #standing = null;
  /** Whether Python owes the reader an answer to what is wanted. */
  #asked = false;
  /** @type {Failure | null} */
  #failure = null;
  /** A sentence about the reader's doing, until the next; and one about what is being mended, until it is. */
  #notice = "";
  #mending = "";
  /** Whether the reader has been told that Python is on its way, and it still is. */
  #told = false;
  /** @type {Phase} */
  #phase = { name: "idle" };

  /**
   * @param {HTMLElement} figure
   * @param {SiteConfig} config
   * @param {Engine} engine
   */
  constructor(figure, config, engine) {
    this.#figure = figure;
    this.#engine = engine;
    this.#spec = JSON.parse(find(figure, "[data-spec]", HTMLScriptElement).text);
    this.#positions = startOf(this.#spec);
    const source = figure.querySelector("[data-plot] source");
    const live = find(figure, "[data-live]", HTMLElement);
    const narrow = matchMedia(source?.getAttribute("media") ?? "(max-width: 40rem)");
    keepInSight(figure, live);
    this.#plot = makePlot(live, narrow, config.plotly, this.#holdable(live));
    this.#readings = makeReadings(figure);
    this.#status = makeStatus(figure, () => this.#retry());
    this.#offer = makeOffer(figure, this.#spec, (positions) => this.#move(positions));
    const fieldset = find(figure, "[data-controls]", HTMLFieldSetElement);
    this.#wire(fieldset);
    fieldset.disabled = false;
    engine.join(this.#spec.name, this);
    onAddressChanged(() => this.#follow());
    this.#follow();
  }

  /** Whether the link that led here asks for another figure than the page shows. */
  get moved() {
    return this.#wanted !== this.#shown;
  }

  /** The figure is near the screen: draw it live, from what the build computed. */
  async approach() {
    if (this.#near) return;
    this.#near = true;
    this.#approaching = true;
    if (this.moved && !this.#simulation && !isFramed(this.#spec, this.#positions)) this.#ask();
    const { source = "", frames = "" } = find(this.#figure, "[data-plot]", HTMLElement).dataset;
    const figure = prepared(source, isRendered);
    const framed = this.#spec.controls.find(({ name }) => name === this.#spec.framed);
    const stops = framed && prepared(frames, isFramesOf(framed.stops.length));
    stops?.catch(() => {}); // whoever loads them hears of it
    const loaded = figure.then((start) => {
      this.#simulation?.knows(start.simulation);
      return framed && stops && this.#load(start, framed, stops);
    });
    Promise.allSettled([loaded, this.#plot.prepare()]).then(this.#supply);
    try {
      const start = await figure;
      if (this.moved) await loaded;
      else if (!this.#live) await this.#show(start, "");
    } catch {
      // the picture stays until Python draws the figure
    }
    this.#approaching = false;
    if (this.#early || (this.moved && !this.#asked)) this.#ask();
    else this.#rehearse();
  }

  /**
   * Have the frames at hand; without them the first slider waits for Python, as all others do.
   * @param {Rendered} start
   * @param {ControlSpec} framed
   * @param {Promise<Frames>} arriving
   */
  async #load(start, framed, arriving) {
    try {
      const frames = await arriving;
      this.#frame = (positions) => frameAt(frames, start, positions[framed.name] ?? framed.start);
    } catch {
      return;
    }
    if (this.moved) await this.#standIn();
  }

  // ---- What the engine says

  /** @param {Phase} phase */
  phase(phase) {
    this.#phase = phase;
    if (phase.name !== "ready") this.#answered = false;
    if (this.moved && this.#standing !== this.#wanted) this.#standIn();
    this.#refresh();
    this.#rehearse();
  }

  /**
   * @param {Rendered} rendered
   * @param {Params} params
   * @param {From} [from]
   */
  async figure(rendered, params, from) {
    this.#answered = true;
    this.#mending = "";
    const query = this.#query(params);
    if (this.#simulation && !this.#simulation.arrived(from, rendered.simulation)) {
      this.#owed = false;
      this.#refresh();
      this.#catchUp(query);
      return;
    }
    if (query === this.#wanted) this.#asked = false;
    else if (this.#standing === this.#wanted) {
      this.#refresh(); // the frame on the screen is newer
      return;
    }
    await this.#draw(rendered, query);
    this.#owed = false;
    this.#catchUp(query);
  }

  /**
   * What goes on by itself, and was asked for this before the reader moved a control, goes on at once.
   * @param {string} query
   */
  #catchUp(query) {
    if (query !== this.#query()) this.#transport?.goOn();
  }

  /**
   * @param {Failure} failure
   * @param {Params} params
   * @param {boolean} [said] Whether it is read out elsewhere.
   */
  failed(failure, params, said = false) {
    this.#answered = this.#phase.name === "ready";
    this.#owed = false;
    this.#mending = "";
    if (!this.#asked || this.#query(params) !== this.#wanted) return;
    this.#asked = false;
    this.#fail(failure, said);
  }

  /** @param {string} sentence */
  told(sentence) {
    this.#mending = sentence;
    this.#readings.announce("mending", sentence);
    this.#refresh();
  }

  // ---- What the reader does

  /** @param {string} sentence */
  #tell(sentence) {
    this.#notice = sentence;
    this.#readings.announce("notice", sentence);
    this.#refresh();
  }

  /** @param {HTMLFieldSetElement} fieldset */
  #wire(fieldset) {
    for (const event of ["pointerdown", "focusin", "input"])
      fieldset.addEventListener(
        event,
        () => {
          this.#mending = "";
          this.approach();
          this.#engine.start(headStart(this.supplied));
        },
        { once: true, capture: true }, // before the control says where it has been moved
      );
    for (const spec of this.#spec.controls) {
      const { name, of = "", joins } = spec;
      if (joins) continue; // the one it joins moves it too
      const element = find(fieldset, `[data-control="${CSS.escape(name)}"]`, HTMLElement);
      this.#rows.set(name, element);
      const position = () => this.#standsAt(spec)?.[0] ?? 0;
      const move = (/** @type {number} */ to) => this.#move({ ...this.#joining(name, to), [name]: to });
      const committable = () => this.#positions[of] ?? 0;
      const tell = (/** @type {string} */ sentence) => this.#tell(sentence);
      this.#controls.set(name, makeControl({ element, spec, move, position, committable, tell }));
      const play = element.querySelector("[data-play]");
      const last = () => lastOf(spec, this.#positions);
      const ready = () => this.#answersAtOnce(name);
      const run = throughStops({ position, last, move });
      if (play instanceof HTMLElement) this.#players.push(makePlayer(play, { watched: play, ready, ...run }));
    }
    if (this.#spec.simulation) this.#wireSimulation(find(fieldset, "[data-simulation]", HTMLElement));
    for (const button of fieldset.querySelectorAll("[data-preset]")) {
      const index = Number(button.getAttribute("data-preset"));
      button.addEventListener("click", () => this.#jump(this.#spec.presets[index] ?? {}, "anew"));
    }
    fieldset.querySelector("[data-reset]")?.addEventListener("click", () => this.#jump({}, "first"));
  }

  /** @param {HTMLElement} row */
  #wireSimulation(row) {
    const simulation = new Simulation();
    this.#simulation = simulation;
    this.#transport = makeTransport(row, {
      watched: this.#figure,
      simulation,
      ready: () => !this.#owed,
      ask: () => this.#ask(),
      rested: () => this.#readings.announce("figure"),
      stepped: () => {
        this.#stepped = true;
      },
      tell: (sentence) => this.#tell(sentence),
    });
    this.#players.push(this.#transport);
  }

  /**
   * The figure's marks, if there are any that the reader can take hold of, and what follows from a drawing.
   * @param {HTMLElement} live
   */
  #holdable(live) {
    const layer = this.#figure.querySelector("[data-hold]");
    if (!(layer instanceof HTMLElement)) return () => {};
    const plot = /** @type {import("./types.d.ts").PlotlyElement} */ (/** @type {unknown} */ (live));
    return makeHold(layer, plot, this.#spec.held, {
      move: (positions) => this.#move(positions),
      position: (control) => this.#positions[control] ?? 0,
    });
  }

  /**
   * To a setting of all controls; what is not named goes to its start.
   * @param {import("./settings.js").Positions} positions
   * @param {"anew" | "first"} how Where a figure that goes on by itself then is.
   */
  #jump(positions, how) {
    for (const player of this.#players) player.stop();
    this.#move({ ...startOf(this.#spec), ...positions }, how);
  }

  /**
   * @param {import("./settings.js").Positions} changes
   * @param {"anew" | "first"} [how]
   */
  #move(changes, how) {
    const before = this.#positions;
    this.#positions = moved(this.#spec, this.#positions, changes);
    this.#notice = "";
    this.#mark("l2:input", this.#query());
    const restarts = this.#transport !== null && how !== undefined;
    const news = this.#query() !== this.#wanted || this.#failure !== null || restarts;
    if (news && this.#transport) this.#transport.moved(how ?? (this.#beginsAnew(before) ? "anew" : "on"));
    else if (news) this.#ask();
    // The rest is done while Python computes.
    this.#display();
    this.#offer.share(changes);
    if (news) writeAddress(this.#spec.name, linkable(this.#spec, this.#pairs()));
  }

  /**
   * Where the commits stand that join another, when that one goes to a position.
   * @param {string} commit
   * @param {number} to
   */
  #joining(commit, to) {
    const joined = this.#spec.controls.filter(({ joins }) => joins === commit);
    return Object.fromEntries(
      joined.map(({ name, of = "" }) => [name, to && (this.#positions[of] ?? 0) + 1]),
    );
  }

  /**
   * Whether a figure that goes on by itself has to begin again, after what has changed.
   * @param {import("./settings.js").Positions} before
   */
  #beginsAnew(before) {
    return this.#spec.simulation?.anew.some((name) => before[name] !== this.#positions[name]) ?? false;
  }

  /** Stand where the address says. */
  #follow() {
    const { positions, complaints } = read(this.#spec, readAddress(this.#spec.name));
    const before = this.#positions;
    this.#positions = positions;
    this.#display();
    this.#wanted = this.#query();
    if (this.#beginsAnew(before)) this.#simulation?.begin();
    if (complaints.length > 0) this.#tell(complaints.join(" "));
    if (this.#near && this.moved) this.#ask();
  }

  /**
   * Let Python draw what is there already: its first figure takes a hundred times as long as all that follow, and
   * takes the place of a frame.
   */
  #rehearse() {
    if (this.#near && !this.#asked && !this.#failure && this.#phase.name === "ready") this.#send();
  }

  #send() {
    this.#owed = true;
    this.#engine.ask(this.#spec.name, paramsOf(this.#spec, this.#positions), this.#simulation?.from);
  }

  #retry() {
    this.#failure = null;
    this.#plot.prepare({ anew: true }).catch(() => {}); // whoever draws hears of it
    this.#ask();
  }

  /**
   * Draw anew, for the code is another; the frames are of the old.
   * @param {"anew" | "first"} how Where a figure that goes on by itself then is.
   */
  redraw(how) {
    this.#frame = null;
    this.#failure = null;
    if (this.#transport) this.#transport.moved(how);
    else {
      this.#stepped = true; // its words may be others where the controls stand, too
      this.#ask();
    }
  }

  #ask() {
    this.#wanted = this.#query();
    this.#standIn();
    if (this.#approaching && isFramed(this.#spec, this.#positions)) {
      this.#early = true;
      this.#refresh(); // the frame or what draws it is on its way, and shall have the line for itself
      return;
    }
    const said = this.#phase.name === "failed" && this.#failure && this.#failure.code !== "drawing";
    if (said && this.#standing === this.#wanted) {
      this.#refresh(); // the reader knows that there is no Python, and the first slider does without
      return;
    }
    if (this.#failure) this.#stepped = true; // that it is over is news, though the figure has stayed as it was
    this.#failure = null;
    this.#early = false;
    this.#asked = true;
    this.#send();
    this.#refresh();
  }

  /**
   * Whether one more step of a control would be on the screen at once.
   * @param {string} name
   */
  #answersAtOnce(name) {
    if (this.#figure.dataset.state === "ready") return true;
    const framed = name === this.#spec.framed && isFramed(this.#spec, this.#positions);
    return !this.moved && framed && this.#frame !== null;
  }

  /** Show the frame for where the controls stand, if there is one and Python has not answered yet. */
  async #standIn() {
    if (this.#answered || !isFramed(this.#spec, this.#positions)) return;
    const frame = this.#frame?.(this.#positions);
    if (!frame) return;
    this.#standing = this.#wanted;
    await this.#draw(frame, this.#wanted, true);
  }

  // ---- What is on the screen

  /**
   * @param {Rendered} rendered
   * @param {string} query
   * @param {boolean} [standsIn] Whether it is a frame.
   */
  async #draw(rendered, query, standsIn) {
    try {
      await this.#show(rendered, query, standsIn);
    } catch (error) {
      const reason = error instanceof DeliveryError ? error.message : DRAWING_FAILED;
      this.#fail({ code: "drawing", message: `The figure could not be drawn: ${reason}` });
    }
  }

  /**
   * @param {Rendered} rendered
   * @param {string} query
   * @param {boolean} [standsIn]
   */
  async #show(rendered, query, standsIn = false) {
    if (!(await this.#plot.draw(rendered.figure))) return;
    this.#readings.show(rendered);
    this.#linked = rendered.linked ?? {};
    for (const spec of this.#spec.controls) if (spec.name in this.#linked) this.#place(spec);
    if (query !== this.#shown || this.#stepped) this.#readings.announce("figure");
    this.#stepped = false;
    this.#live = true;
    this.#shown = query;
    if (!standsIn) this.#standing = null;
    if (this.#failure?.code === "drawing" || (!standsIn && query === this.#wanted)) this.#failure = null;
    this.#figure.dataset.shown = query;
    this.#mark("l2:drawn", query);
    this.#refresh();
  }

  /**
   * @param {Failure} failure
   * @param {boolean} [said] Whether it is read out elsewhere.
   */
  #fail(failure, said = false) {
    this.#failure = failure;
    this.#mending = "";
    if (this.#standing !== this.#wanted) for (const player of this.#players) player.stop();
    if (!said) this.#readings.announce("failure", failure.message);
    this.#refresh();
  }

  /** Every control where it stands; those that mean nothing now, hidden. */
  #display() {
    this.#offer.look(this.#positions);
    for (const spec of this.#spec.controls) {
      this.#place(spec);
      const [row, hidden] = [this.#rows.get(spec.name), !isShown(spec, this.#positions)];
      if (row && row.hidden !== hidden) row.hidden = hidden;
    }
  }

  /** @param {ControlSpec} spec */
  #place(spec) {
    const [at, words] = this.#standsAt(spec) ?? [];
    if (at !== undefined) this.#controls.get(spec.name)?.show(at, lastOf(spec, this.#positions), words);
  }

  /** @param {ControlSpec} spec */
  #standsAt(spec) {
    return standingOf(this.#spec, spec, this.#positions, this.#linked);
  }

  #refresh() {
    const waiting = this.#near && this.moved;
    this.#figure.dataset.state = this.#state(waiting);
    const helpless = waiting && this.#standing !== this.#wanted && !this.#early;
    const booting = helpless && !this.#failure && !this.#mending && this.#phase.name === "booting";
    if (booting && !this.#told) this.#readings.announce("waiting", WAITING);
    this.#told = booting;
    // What was brought stays what it is, however often it is tried.
    if (this.#failure) this.#status.say(this.#failure.message, { offer: this.#failure.code !== "param" });
    else if (booting && this.#phase.name === "booting") this.#status.booting(this.#phase);
    else this.#status.say(this.#mending || this.#notice);
  }

  /** @param {boolean} waiting */
  #state(waiting) {
    if (this.#failure) return "error";
    if (waiting) return "busy";
    if (this.#phase.name === "booting") return "booting";
    if (this.#phase.name !== "ready" || !this.#live) return "static";
    return this.#answered && this.#standing === null ? "ready" : "booting";
  }

  /**
   * @param {"l2:input" | "l2:drawn"} name
   * @param {string} query
   */
  #mark(name, query) {
    performance.mark(name, { detail: { widget: this.#spec.name, query } });
    performance.clearMarks(name); // observers have it; the list would only grow
  }

  #pairs(params = paramsOf(this.#spec, this.#positions)) {
    return differing(this.#spec, params);
  }

  /** @param {Params} [params] */
  #query(params) {
    return String(new URLSearchParams(this.#pairs(params)));
  }
}
