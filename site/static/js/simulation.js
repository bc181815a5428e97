/**
 * A figure that goes on by itself: keeps the states that Python hands out, and knows from which the next one follows.
 * Python keeps none of them, so that a new Python goes on where the old one was.
 *
 * @import { From, Moment } from "./types.d.ts"
 */

/** How many steps back can be taken. */
const MEMORY = 100;

export class Simulation {
  /** @type {(string | undefined)[]} What can be gone back to, and at the end the present; undefined is the beginning. */
  #states = [undefined];
  /** @type {string | undefined} The state of the figure that the page came with. */
  #first;
  #touched = false;
  /** How often the next answer shall have advanced. */
  #slices = 0;
  /** Whether Python has not had the time yet to be asked what is wanted. */
  waits = false;
  /** @type {From | null} What Python was asked last, unless its answer is no longer wanted. */
  #asked = null;
  /** Whether the present is at rest, at the settings that it was computed with. */
  rests = false;

  /**
   * The state of the figure that the page came with, unless the reader has been quicker.
   * @param {Moment | undefined} moment
   */
  knows(moment) {
    this.#first = moment?.state;
    if (!this.#touched) this.#states = [this.#first];
  }

  /** From the beginning, whatever is on its way. */
  begin() {
    this.#restart(undefined);
  }

  /** From the figure that the page came with. */
  restore() {
    this.#restart(this.#first);
  }

  /** Back to the state before, if there is one. */
  back() {
    if (this.#states.length < 2) return false;
    this.#states.pop();
    this.#asked = null;
    this.rests = false;
    return true;
  }

  /**
   * The next answer shall have advanced so often.
   * @param {number} slices
   */
  want(slices) {
    this.#touched = true;
    this.#slices = slices;
    this.waits = true;
  }

  /** What Python is to be asked, now that it has time. */
  from = () => {
    const slices = this.#slices;
    this.#slices = 0;
    this.waits = false;
    this.#asked = { state: this.#states.at(-1), slices };
    return this.#asked;
  };

  /**
   * Take note of an answer; false when it is no longer wanted.
   * @param {From | undefined} from
   * @param {Moment | undefined} moment
   */
  arrived(from, moment) {
    if (!from || from !== this.#asked || !moment) return false;
    if (from.slices === 0) this.#states.pop();
    this.#states.push(moment.state);
    if (this.#states.length > MEMORY) this.#states.shift();
    this.rests = moment.rests;
    return true;
  }

  /** @param {string | undefined} state */
  #restart(state) {
    this.#touched = true;
    this.#states = [state];
    this.#asked = null;
    this.#slices = 0;
    this.rests = false;
  }
}
