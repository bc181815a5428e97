/**
 * Owns the page's one worker: starts it, hands it one request at a time, ends it when it does not answer, starts it again.
 * Every failure becomes a sentence for the widget concerned; nothing here waits for ever.
 *
 * @import { Client, Failure, From, Params, Phase, Reply, Request, SiteConfig } from "./types.d.ts"
 */

import { PATIENCE } from "./patience.js";
import { isDrawable, parseReply } from "./reply.js";
import { renew, spawn } from "./spawn.js";
import { endedWell, markStarting } from "./startguard.js";
import { lacking, mayKeepMemory, memoryLimit } from "./support.js";
import { trustedScript } from "./trusted.js";

const SECONDS = PATIENCE.answer / 1000;

/**
 * What a widget wants: a figure with these parameters; of one that goes on by itself, from where, which it says when its
 * turn has come and the answer before has been heard.
 * @typedef {{ params: Params, from?: () => From }} Wish
 */

/**
 * One widget: its newest wish that the worker has not been asked yet, and how it hears of the answer.
 * @typedef {{ client: Client, waiting: Wish | null }} Seat
 */

/**
 * The request that the worker has now.
 * @typedef {{ id: number, widget: string, params: Params, from?: From, again: boolean }} Flight
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
  #lastId = 0;
  #respawned = false;
  /** Whether no worker has been started yet: what has broken one may be in the memory that it went on from, or kept. */
  #first = true;
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
    this.#seats.set(widget, { client, waiting: null });
    client.phase(this.phase);
  }

  /** Start Python, if it is neither there nor on its way. */
  start() {
    if (this.phase.name === "booting" || this.phase.name === "ready") return;
    this.#respawned = false;
    this.#boot();
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

  #boot() {
    this.#end();
    const address = trustedScript(this.#config.worker);
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
      this.#send({
        type: "boot",
        runtime: { ...runtime, base },
        memory: memoryLimit(),
        resume: keeps && this.#first,
        keep: keeps && mayKeepMemory(),
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
    const reply = parseReply(text);
    if (!reply) {
      this.#broke("Python's answer could not be read.");
      return;
    }
    if (reply.type === "stage") this.#progressed(reply);
    else if (reply.type === "ready") this.#ready(reply);
    else if (reply.type === "settled") performance.mark("l2:settled", { detail: { kept: reply.kept } });
    else if (reply.type === "pong") clearTimeout(this.#pingDeadline);
    else if (reply.type === "figure") this.#answered(reply);
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
      seat.waiting = null;
      this.#seats.delete(widget);
      this.#seats.set(widget, seat);
      this.#lastId += 1;
      this.#fly({ id: this.#lastId, widget, params, from: from?.(), again: false });
      return;
    }
  }

  /** @param {Flight} flight */
  #fly(flight) {
    this.#flight = flight;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#late(flight), PATIENCE.answer);
    const { id, widget, params, from } = flight;
    this.#send({ type: "run", id, widget, params, from });
  }

  /**
   * The flight that this reply belongs to, landed; null when it is an old one's.
   * @param {number | undefined} id
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
  #refused({ id, code, message }) {
    if (id === undefined) {
      if (code === "start") this.#broke(message);
      else this.#fail({ code, message });
      return;
    }
    const flight = this.#land(id);
    if (!flight) return;
    this.#seats.get(flight.widget)?.client.failed({ code, message }, flight.params);
    // The heap never shrinks, and a dead interpreter stays dead.
    if (code === "memory" || code === "fatal") this.#boot();
    else this.#next();
  }

  /** @param {Flight} flight */
  #late(flight) {
    const seat = this.#seats.get(flight.widget);
    if (flight.again) {
      this.#flight = null;
      seat?.client.failed(
        {
          code: "timeout",
          message: `Python did not answer within ${SECONDS} seconds, twice, for these settings. Choose others, or try again.`,
        },
        flight.params,
      );
    } else {
      this.#flight = { ...flight, again: true };
      const then = flight.from?.state ? " The figure then goes on where it was." : "";
      seat?.client.told(`Python did not answer within ${SECONDS} seconds, so it is started again.${then}`);
    }
    this.#boot();
  }

  /**
   * The worker is of no use: start another, once; then say so.
   * @param {string} message
   */
  #broke(message) {
    const flight = this.#flight;
    if (flight?.again) {
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
    this.#lastId += 1;
    this.#send({ type: "ping", id: this.#lastId });
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

const TOO_MANY =
  "This figure is too large to be drawn at these settings (more than 50,000 points). Choose others, or try again.";

/** @param {string} message */
const withAdvice = (message) =>
  message.endsWith("ry again.") ? message : `${message} Check the connection and try again.`;
