/**
 * Owns the page's one worker: starts it, hands it one request at a time, ends it when it does not answer, starts it again.
 * Every failure becomes a sentence for the widget concerned; nothing here waits for ever.
 *
 * @import { Client, Failure, FailureCode, From, Params, Phase, Reply, Request, SiteConfig } from "./types.d.ts"
 */

import { PATIENCE } from "./patience.js";
import { isDrawable, parseReply } from "./reply.js";
import { renew, spawn } from "./spawn.js";
import { endedWell, markStarting } from "./startguard.js";
import { hasCopies, lacking, mayKeepMemory, memoryLimit } from "./support.js";
import { trustedWorker } from "./trusted.js";

/**
 * What a widget wants: a figure with these parameters; of one that goes on by itself, from where, which it says when its
 * turn has come and the answer before has been heard.
 * @typedef {{ params: Params, from?: () => From }} Wish
 */

/**
 * One widget: its newest wish that the worker has not been asked yet, how it hears of the answer, what a reader has
 * written in the place of its code, and how long that may run, in milliseconds.
 * @typedef {{ client: Client, waiting: Wish | null, source?: string, patience?: number }} Seat
 */

/**
 * The request that the worker has now. Nobody can guess its id, so that an answer with this id is an answer to it.
 * @typedef {{ id: string, widget: string, params: Params, from?: From, source?: string, patience: number, again: boolean }} Flight
 */

export class Engine {
  /** @type {Phase} */
  phase = { name: "idle" };

  #config;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<string, Seat>} */
  #seats = new Map();
  /** @type {Flight | null} */
  #flight = null;
  /** What the worker was started with, and asked for a sign of life. */
  #start = newId();
  #sign = newId();
  #respawned = false;
  /** Whether no worker has been started yet: what has broken one may be in the memory that it went on from, or kept. */
  #first = true;
  /**
   * What reads the worker's answers, once a reader's code may have run there: such a worker can say anything.
   * @type {typeof parseReply | null}
   */
  guard = null;
  /** @type {number | undefined} */
  #watchdog;
  /** @type {number | undefined} */
  #deadline;
  /** @type {number | undefined} */
  #pingDeadline;

  /** @param {SiteConfig} config */
  constructor(config) {
    this.#config = config;
    // A page that comes back may find its worker suspended for good.
    addEventListener("pageshow", (event) => event.persisted && this.#ping());
    document.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && this.#ping(),
    );
  }

  /**
   * @param {string} widget
   * @param {Client} client
   */
  join(widget, client) {
    this.#seats.set(widget, { waiting: null, ...this.#seats.get(widget), client });
    client.phase(this.phase);
  }

  /**
   * From now on a widget is drawn by what a reader has written; by its own code, if that is nothing.
   * @param {string} widget
   * @param {string} [source]
   * @param {number} [patience] How long it may run each time, in milliseconds.
   */
  edit(widget, source, patience) {
    const seat = this.#seats.get(widget);
    if (seat) Object.assign(seat, { source, patience });
  }

  /**
   * Let a widget wait for nothing any more, even if that takes another worker.
   * @param {string} widget
   */
  stop(widget) {
    const seat = this.#seats.get(widget);
    const params = seat?.waiting?.params;
    if (seat) seat.waiting = null;
    const flight = this.#flight;
    if (flight?.widget === widget) this.#giveUp({ ...flight, ...(params && { params }) }, "stopped", STOPPED);
    else if (params) seat?.client.failed({ code: "stopped", message: STOPPED }, params);
  }

  /**
   * Start Python, if it is neither there nor on its way.
   * @param {Promise<unknown>} [free] Until then its files take little of the line, if they come over one: the
   *   interpreter comes, which is half of them, and the others wait.
   */
  start(free) {
    if (this.phase.name !== "booting" && this.phase.name !== "ready") {
      this.#respawned = false;
      this.#boot(free !== undefined && !hasCopies());
    }
    if (free) free.then(() => this.#go());
    else this.#go();
  }

  #go() {
    if (this.phase.name === "booting") this.#send({ type: "go" });
  }

  /**
   * Ask for a figure. A newer wish of the same widget replaces one that waits.
   * @param {string} widget
   * @param {Wish["params"]} params
   * @param {Wish["from"]} [from]
   */
  ask(widget, params, from) {
    const seat = this.#seats.get(widget);
    if (!seat) return;
    seat.waiting = { params, from };
    this.start();
    this.#next();
  }

  /** @param {boolean} [held] Whether the interpreter alone is fetched for now. */
  #boot(held = false) {
    this.#end();
    const address = trustedWorker(this.#config);
    const lack = lacking(address);
    if (lack) {
      this.#fail({ code: "unsupported", message: lack });
      return;
    }
    markStarting();
    this.#become({ name: "booting", stage: "download", loaded: 0, total: 0 });
    this.#watch(PATIENCE.word);
    try {
      const worker = spawn(
        address,
        (data) => worker === this.#worker && this.#hear(data),
        (sentence) => worker === this.#worker && this.#broke(sentence),
      );
      this.#worker = worker;
      const { runtime, serviceWorker } = this.#config;
      const base = new URL(runtime.base, document.baseURI).href;
      const keeps = serviceWorker !== ""; // a site without one keeps nothing
      this.#start = newId();
      this.#send({
        type: "boot",
        id: this.#start,
        runtime: { ...runtime, base },
        memory: memoryLimit(),
        resume: keeps && this.#first,
        keep: keeps && mayKeepMemory(),
        held,
      });
      this.#first = false;
    } catch (error) {
      this.#fail({
        code: "unsupported",
        message: `This browser does not let Python start (${error instanceof Error ? error.message : error}). Most controls cannot move the figures.`,
      });
    }
  }

  /** @param {unknown} text */
  #hear(text) {
    const reply = (this.guard ?? parseReply)(text);
    if (!reply) {
      if (!this.guard) this.#broke("Python's answer could not be read.");
    } else if (![this.#start, this.#flight?.id, this.#sign].includes(reply.id)) return;
    else if (reply.type === "stage") this.#progressed(reply);
    else if (reply.type === "ready") this.#ready(reply);
    else if (reply.type === "settled") performance.mark("l2:settled", { detail: { kept: reply.kept } });
    else if (reply.type === "pong") clearTimeout(this.#pingDeadline);
    else if (reply.type === "figure") this.#answered(reply);
    else if (reply.type === "output")
      this.#seats.get(this.#flight?.widget ?? "")?.client.output?.(reply.text);
    else this.#refused(reply);
  }

  /** @param {Extract<Reply, { type: "stage" }>} reply */
  #progressed({ stage, loaded, total }) {
    if (this.phase.name !== "booting") return;
    this.#watch(stage === "download" ? PATIENCE.download : PATIENCE.start);
    this.#become({ name: "booting", stage, loaded, total });
  }

  /** @param {Extract<Reply, { type: "ready" }>} reply */
  #ready({ heap, resumed }) {
    performance.mark("l2:ready", { detail: { heap, resumed } });
    clearTimeout(this.#watchdog);
    endedWell();
    this.#respawned = false;
    const flight = this.#flight; // what the worker before this one did not answer
    this.#become({ name: "ready" });
    if (flight) this.#fly(flight);
    else this.#next();
  }

  /** Send the next wish; the widget that was just served goes to the end of the row. */
  #next() {
    if (this.phase.name !== "ready" || this.#flight) return;
    for (const [widget, seat] of this.#seats) {
      if (!seat.waiting) continue;
      const { params, from } = seat.waiting;
      const { source, patience = PATIENCE.answer } = seat;
      seat.waiting = null;
      this.#seats.delete(widget);
      this.#seats.set(widget, seat);
      this.#fly({ id: newId(), widget, params, from: from?.(), source, patience, again: false });
      return;
    }
  }

  /** @param {Flight} flight */
  #fly(flight) {
    this.#flight = flight;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#late(flight), flight.patience);
    const { id, widget, params, from, source } = flight;
    this.#send({ type: "run", id, widget, params, from, source });
  }

  /**
   * The flight that this reply belongs to, landed; null when it is an old one's.
   * @param {string | undefined} id
   */
  #land(id) {
    const flight = this.#flight;
    if (flight?.id !== id) return null;
    clearTimeout(this.#deadline);
    this.#flight = null;
    return flight;
  }

  /** @param {Extract<Reply, { type: "figure" }>} reply */
  #answered({ id, rendered }) {
    const flight = this.#land(id);
    if (!flight) return;
    const client = this.#seats.get(flight.widget)?.client;
    if (isDrawable(rendered)) client?.figure(rendered, flight.params, flight.from);
    else client?.failed({ code: "size", message: TOO_MANY }, flight.params);
    this.#next(); // the client has only taken note of it: Python goes on while the page draws
  }

  /** @param {Extract<Reply, { type: "failed" }>} reply */
  #refused({ id, code, message, line }) {
    if (id === this.#start) {
      if (code === "start") this.#broke(message);
      else this.#fail({ code, message });
      return;
    }
    const flight = this.#land(id);
    if (!flight) return;
    this.#seats.get(flight.widget)?.client.failed({ code, message, line }, flight.params);
    // The heap never shrinks, and a dead interpreter stays dead.
    if (code === "memory" || code === "fatal") this.#boot();
    else this.#next();
  }

  /** @param {Flight} flight */
  #late(flight) {
    const seconds = flight.patience / 1000;
    if (flight.source !== undefined)
      this.#giveUp(
        flight,
        "timeout",
        `The code was still running after ${seconds} seconds, so it was stopped.`,
      );
    else if (flight.again)
      this.#giveUp(
        flight,
        "timeout",
        `Python did not answer within ${seconds} seconds, twice, for these settings. Choose others, or try again.`,
      );
    else {
      this.#flight = { ...flight, again: true };
      const then = flight.from?.state ? " The figure then goes on where it was." : "";
      this.#seats
        .get(flight.widget)
        ?.client.told(`Python did not answer within ${seconds} seconds, so it is started again.${then}`);
      this.#boot();
    }
  }

  /**
   * End the worker, and with it what it does.
   * @param {Flight} flight
   * @param {FailureCode} code
   * @param {string} message
   */
  #giveUp({ id, widget, params }, code, message) {
    this.#land(id);
    this.#seats.get(widget)?.client.failed({ code, message }, params);
    this.#boot();
  }

  /**
   * The worker is of no use: start another, once; then say so.
   * @param {string} message
   */
  #broke(message) {
    const flight = this.#flight;
    if (flight?.again || flight?.source !== undefined) {
      this.#land(flight.id);
      this.#seats.get(flight.widget)?.client.failed({ code: "python", message }, flight.params);
    } else if (flight) this.#flight = { ...flight, again: true };
    if (this.#respawned) {
      this.#fail({ code: "start", message: withAdvice(message) });
      return;
    }
    this.#respawned = true;
    this.#mend();
  }

  /** Start another worker of fresh scripts: a damaged copy in the browser's cache would break that one as well. */
  async #mend() {
    this.#end();
    this.#become({ name: "booting", stage: "download", loaded: 0, total: 0 });
    try {
      const { worker, imports } = this.#config;
      if (navigator.onLine) await renew([worker, ...imports]);
      this.#boot();
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      this.#fail({ code: "download", message: `Python could not be downloaded: ${reason}` });
    }
  }

  /** @param {Failure} failure */
  #fail(failure) {
    this.#end();
    endedWell();
    this.#become({ name: "failed", failure });
    const flight = this.#land(this.#flight?.id);
    if (flight) this.#seats.get(flight.widget)?.client.failed(failure, flight.params);
    for (const { client, waiting } of this.#seats.values()) {
      if (waiting) client.failed(failure, waiting.params);
    }
    for (const seat of this.#seats.values()) seat.waiting = null;
  }

  #end() {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#deadline);
    clearTimeout(this.#pingDeadline);
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** @param {number} patience */
  #watch(patience) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(
      () => this.#broke("Python stopped answering while it was starting."),
      patience,
    );
  }

  #ping() {
    if (this.phase.name !== "ready" || this.#flight) return;
    clearTimeout(this.#pingDeadline);
    this.#pingDeadline = setTimeout(() => this.#boot(), PATIENCE.ping);
    this.#sign = newId();
    this.#send({ type: "ping", id: this.#sign });
  }

  /** @param {Request} request */
  #send(request) {
    this.#worker?.postMessage(JSON.stringify(request));
  }

  /** @param {Phase} phase */
  #become(phase) {
    this.phase = phase;
    for (const { client } of this.#seats.values()) client.phase(phase);
  }
}

const newId = () => crypto.randomUUID();

const STOPPED = "Stopped.";

const TOO_MANY =
  "This figure is too large to be drawn at these settings (more than 50,000 points). Choose others, or try again.";

/** @param {string} message */
const withAdvice = (message) =>
  message.endsWith("ry again.") ? message : `${message} Check the connection and try again.`;
