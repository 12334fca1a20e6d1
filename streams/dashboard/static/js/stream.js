/**
 * The live stream: opened, resumed after whatever happens, and honest about its state.
 *
 * A browser reconnects an EventSource by itself where the network fails, and gives up where the service
 * refuses it (401, 503) or a proxy answers for it; and no browser notices a connection that is silently
 * dead. Both are seen to here. Positions are the service's and opaque: the last one that was seen is where
 * a new connection goes on.
 */

import { streamAddress } from "./api.js";

const SILENCE = 40_000; // ms without a word, though the service says something every 15 s
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

export class Stream extends EventTarget {
  #source = null;
  #parameters = null;
  #position = null;
  #heard = 0;
  #pause = FIRST_PAUSE;
  #again = null;
  #watch = null;

  /** "idle", "connecting", "live", "reconnecting" */
  state = "idle";

  constructor() {
    super();
    globalThis.addEventListener("online", () => this.#reopenSoon(0));
    document.addEventListener("visibilitychange", () => {
      // A laptop that slept: find out now, not at the next tick of a throttled timer.
      if (!document.hidden) this.#look();
    });
  }

  /**
   * @param {URLSearchParams} parameters the filters
   * @param {string|null} position where to begin
   */
  open(parameters, position) {
    this.#parameters = parameters;
    this.#position = position;
    this.#pause = FIRST_PAUSE;
    this.#connect("connecting");
  }

  close() {
    clearTimeout(this.#again);
    clearInterval(this.#watch);
    this.#source?.close();
    this.#source = null;
  }

  /** When anything was heard last, in ms since 1970; 0 where nothing was. */
  get heard() {
    return this.#heard;
  }

  #connect(state) {
    this.close();
    this.#become(state);
    const source = new EventSource(streamAddress(this.#parameters, this.#position));
    this.#source = source;
    this.#watch = setInterval(() => this.#look(), 5_000);
    const opened = Date.now();
    this.#opened = opened;
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      this.#become("reconnecting");
      if (source.readyState === EventSource.CLOSED) this.#reopenSoon();
    });
    for (const name of ["hello", "article", "alert", "story", "dead_letter", "stats", "heartbeat", "reset"]) {
      source.addEventListener(name, (event) => {
        if (source === this.#source) this.#take(name, event);
      });
    }
  }

  #opened = 0;

  #take(name, event) {
    this.#heard = Date.now();
    this.#pause = FIRST_PAUSE;
    if (event.lastEventId) this.#position = event.lastEventId;
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return; // Cut off in the middle: what follows, or the next connection, has it again.
    }
    this.#become("live");
    this.dispatchEvent(new CustomEvent(name, { detail: data }));
  }

  #look() {
    if (!this.#source) return;
    const since = Math.max(this.#heard, this.#opened);
    if (Date.now() - since > SILENCE) this.#connect("reconnecting");
  }

  #reopenSoon(pause = this.#pause) {
    if (!this.#parameters || this.state === "live") return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#connect("reconnecting"), pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}
