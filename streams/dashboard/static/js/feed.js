/**
 * What a list shows and what waits to be shown: newest first, each id once, the newest revision of it.
 *
 * Kafka delivers at least once and a reconnect may tell a thing again: what is not newer changes nothing.
 * What arrives waits until it is let in, so that no list moves under the reader's hand.
 */

/** @returns {number} which of an id's records is the newest: higher is newer */
function age(item) {
  return item.story?.revision ?? item.revision ?? 1;
}

/** Tell whether one item is the same record as another, or an older one of it. */
function outdated(item, held) {
  if (item.topic === held.topic && item.partition === held.partition && item.offset === held.offset) {
    return age(item) <= age(held);
  }
  if (item.story && held.story) return item.story.revision <= held.story.revision;
  if (item.topic === held.topic && item.partition === held.partition) return item.offset < held.offset;
  return age(item) < age(held);
}

export class Feed {
  /** Items as they are shown, newest first. */
  shown = [];
  /** Where older ones begin, as the service gave it; null where there are none. */
  next = null;
  #held = new Map();
  #waiting = new Map();

  /** @param {number} limit how many to hold at most; the oldest go */
  constructor(limit) {
    this.limit = limit;
  }

  get(id) {
    return this.#waiting.get(id) ?? this.#held.get(id) ?? null;
  }

  /** How many wait that are not shown in any revision. */
  get waiting() {
    let count = 0;
    for (const id of this.#waiting.keys()) if (!this.#held.has(id)) count += 1;
    return count;
  }

  /** What waits, newest first. */
  get arrivals() {
    return [...this.#waiting.values()].reverse();
  }

  /** Begin anew with these; what arrived meanwhile is kept where it is newer. */
  replace(items, next) {
    this.shown = items.slice(0, this.limit);
    this.#held = new Map(this.shown.map((item) => [item.id, item]));
    this.#waiting = new Map();
    this.next = next;
  }

  /** Add older ones at the end. */
  append(items, next) {
    const known = items.filter((item) => !this.#held.has(item.id) && !this.#waiting.has(item.id));
    const room = Math.max(0, this.limit - this.shown.length);
    for (const item of known.slice(0, room)) {
      this.shown.push(item);
      this.#held.set(item.id, item);
    }
    this.next = room < known.length ? null : next;
  }

  /**
   * Take what the stream brought.
   *
   * @returns {"new"|"changed"|null} whether it waits, takes the place of a shown one, or is nothing new
   */
  arrive(item) {
    const waiting = this.#waiting.get(item.id);
    if (waiting && outdated(item, waiting)) return null;
    const held = this.#held.get(item.id);
    if (held) {
      if (outdated(item, held)) return null;
      this.#held.set(item.id, item);
      this.shown[this.shown.indexOf(held)] = item;
      return "changed";
    }
    this.#waiting.delete(item.id);
    this.#waiting.set(item.id, item);
    if (this.#waiting.size > this.limit) this.#waiting.delete(this.#waiting.keys().next().value);
    return "new";
  }

  /** Put a changed item in a shown one's place, whatever its revision. */
  amend(item) {
    if (this.#waiting.has(item.id)) this.#waiting.set(item.id, item);
    const held = this.#held.get(item.id);
    if (!held) return;
    this.#held.set(item.id, item);
    this.shown[this.shown.indexOf(held)] = item;
  }

  /** Let in what waits, at the top; @returns {number} how many */
  admit() {
    const fresh = this.arrivals;
    this.#waiting = new Map();
    for (const item of fresh) this.#held.set(item.id, item);
    this.shown = fresh.concat(this.shown);
    for (const item of this.shown.splice(this.limit)) this.#held.delete(item.id);
    return fresh.length;
  }
}
