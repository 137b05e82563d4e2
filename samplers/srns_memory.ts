import type { Batch } from "../datasets/batching.ts";
import { idsBelow } from "../datasets/ids_below.ts";
import type { Rng } from "../random/rng.ts";
import { drawUntil } from "./draw_until.ts";
import type { Draw, Setting } from "./sampler.ts";
import { otherStream, rowStream } from "./streams.ts";

/** Epochs that scores are kept for. */
export const HISTORY = 5;
/** Users whose tracked items are scored at a time. */
const USERS = 1024;
export interface MemoryOptions {
  /** Items in a user's memory, S1. */
  readonly size: number;
  /** Others that compete with them at a resampling, S2. */
  readonly fresh: number;
  readonly temperature: number;
  /** Items tracked for each user; of `renewal` all, in each of {@link HISTORY} sets. */
  readonly monitor: number;
  /** What an epoch exchanges: a fifth of the items outside the memory, or all, memories too. */
  readonly renewal: "fifth" | "all";
}

/**
 * Each user's tracked items, the memory among them, and the scores of the last epochs. Places of a user lie together.
 *
 * Each epoch a fifth of the places gets new items. Of `renewal` all, these fifths are sets, and only one may be drawn
 * from: the one that was filled four epochs ago, so that its scores go back as far as any. A memory keeps its positions
 * in a set while that is replaced.
 */
export function srnsMemory({ catalogue, seen, rows }: Setting, options: MemoryOptions) {
  const { users, offsets, positives } = catalogue, { size, fresh, temperature, monitor, renewal } = options;
  const sets = renewal === "all" ? HISTORY : 1, tracked = sets * Math.max(monitor, size);
  const items = new Int32Array(users * tracked).fill(-1); // item ids, -1 where a user has no more unseen ones
  const since = new Int32Array(users * tracked); // the first epoch that a place has a score of
  const history = new Float32Array(HISTORY * users * tracked),
    ofPositives = new Float32Array(HISTORY * positives.length);
  const memory = new Int32Array(users * size).fill(-1); // places among the user's tracked items
  const planes = { items: users * tracked, positives: positives.length };
  const inMemory = (user: number, place: number) => memory.subarray(user * size, (user + 1) * size).includes(place);

  /** Puts an item into a place that none of its set has; `held` has those of each set. */
  const track = (user: number, place: number, held: readonly Set<number>[], epoch: number, rng: Rng) => {
    const own = held[place % sets]!, at = user * tracked + place;
    const item = drawUntil(() => seen.drawUnseen(user, rng), (item) => !own.has(item));
    if (item === undefined) return; // hardly more unseen items than places
    own.delete(items[at]!);
    own.add(item);
    items[at] = item;
    since[at] = epoch;
  };
  /** Places that may be drawn from in an epoch: all, or those of one set. */
  const openIn = (user: number, epoch: number) => {
    const open = new Int32Array(tracked / sets);
    let count = 0;
    for (let place = (epoch + 1) % sets; place < tracked; place += sets) {
      if (items[user * tracked + place]! >= 0) open[count++] = place;
    }
    return open.subarray(0, count);
  };
  /** `count` of the open places that are not among `mine`, distinct, in random order; all where there are no more. */
  const othersIn = (user: number, epoch: number, mine: Int32Array, count: number, rng: Rng): Iterable<number> => {
    const each = tracked / sets, set = (epoch + 1) % sets;
    // places are listed where many would be refused: of a user with few unseen items some are empty
    if (2 * (count + mine.length) > each || seen.unseenCount(user) < 2 * each) {
      return rng.shuffle(openIn(user, epoch).filter((place) => !mine.includes(place))).subarray(0, count);
    }
    const found = new Set<number>();
    while (found.size < count) {
      const place = rng.below(each) * sets + set;
      if (!mine.includes(place)) found.add(place);
    }
    return found;
  };
  /** The first epoch fills the places; every other exchanges a fifth of those outside the memory. */
  const renew = (draw: Draw) => {
    const { epoch } = draw;
    for (let user = 0; user < users; user++) {
      const unseen = seen.unseenCount(user);
      if (unseen === 0) continue;
      const stream = otherStream(draw, user), mine = memory.subarray(user * size, (user + 1) * size);
      const held = Array.from({ length: sets }, () => new Set<number>());
      for (let place = 0; place < tracked; place++) held[place % sets]!.add(items[user * tracked + place]!);
      // where every set has all that there is, no draw would be taken
      const hasAll = (own: Set<number>) => own.size - (own.has(-1) ? 1 : 0) === unseen;
      for (let place = 0; place < tracked && !held.every(hasAll); place++) {
        const empty = items[user * tracked + place]! < 0;
        const due = place % HISTORY === epoch % HISTORY && (renewal === "all" || !inMemory(user, place));
        if (empty || due) track(user, place, held, epoch, stream);
      }
      const open = openIn(user, epoch);
      // a user with fewer unseen items than the memory has places holds some of them twice
      if (mine[0]! < 0) mine.forEach((_, at) => mine[at] = open[at % open.length]!);
      else if (sets > 1) mine.forEach((place, at) => mine[at] = open[Math.floor(place / sets) % open.length]!);
    }
  };
  const scoreAll = async ({ probe, epoch }: Draw) => {
    const plane = epoch % HISTORY;
    for (let first = 0; first < users; first += USERS) {
      const who = idsBelow(Math.min(USERS, users - first)).map((at) => first + at);
      const own = items.subarray(first * tracked, (first + who.length) * tracked);
      history.set(await probe.score(who, own.map((item) => Math.max(0, item))), plane * planes.items + first * tracked);
    }
    const whose = new Int32Array(positives.length);
    for (let user = 0; user < users; user++) whose.fill(user, offsets[user]!, offsets[user + 1]!);
    ofPositives.set(await probe.score(whose, positives), plane * planes.positives);
  };
  /** The population standard deviation over the last epochs, up to `epoch`, of how a tracked item outranks a positive. */
  const spread = (user: number, place: number, positive: number, epoch: number) => {
    const at = user * tracked + place, from = Math.max(0, since[at]!, epoch - HISTORY + 1), count = epoch - from + 1;
    const outranks = (e: number) =>
      sigmoid(history[(e % HISTORY) * planes.items + at]! - ofPositives[(e % HISTORY) * planes.positives + positive]!);
    let mean = 0, variance = 0;
    for (let e = from; e <= epoch; e++) mean += outranks(e) / count;
    for (let e = from; e <= epoch; e++) variance += (outranks(e) - mean) ** 2 / count;
    return Math.sqrt(variance);
  };
  const positionOf = (user: number, item: number) => {
    let at = offsets[user]!;
    while (positives[at] !== item) at++;
    return at;
  };
  return {
    state: { items, since, history, ofPositives, memory },
    async beginEpoch(draw: Draw) {
      renew(draw);
      await scoreAll(draw);
    },
    /** The memory of each row's user, and its spread against the row's positive. */
    read({ users: who, positives: wanted }: Batch, epoch: number) {
      const ids = new Int32Array(rows * size), spreads = new Float32Array(rows * size);
      who.forEach((user, row) => {
        const positive = positionOf(user, wanted[row]!);
        for (let k = 0; k < size; k++) {
          const place = memory[user * size + k]!;
          ids[row * size + k] = items[user * tracked + place]!;
          spreads[row * size + k] = spread(user, place, positive, epoch);
        }
      });
      return { memory: ids, spread: spreads };
    },
    /** Resamples the memories of a batch's users, once each, out of themselves and `fresh` other tracked items. */
    async resample(batch: Batch, draw: Draw) {
      if (fresh === 0) return;
      const who: number[] = [], rowOf: number[] = [], met = new Set<number>();
      for (let row = 0; row < batch.rows; row++) {
        const user = batch.users[row]!;
        if (met.has(user)) continue;
        met.add(user);
        who.push(user);
        rowOf.push(row);
      }
      const width = Math.min(tracked, size + fresh), places = new Int32Array(who.length * width);
      who.forEach((user, at) => {
        const mine = memory.subarray(user * size, (user + 1) * size),
          stream = rowStream(draw, batch, rowOf[at]!);
        const own = new Set(mine), found = [...own, ...othersIn(user, draw.epoch, mine, width - own.size, stream)];
        for (let k = 0; k < width; k++) places[at * width + k] = found[k] ?? -1;
      });
      const asked = places.map((place, at) =>
        Math.max(0, items[who[Math.floor(at / width)]! * tracked + Math.max(0, place)]!)
      );
      const scores = await draw.probe.score(Int32Array.from(who), asked);
      who.forEach((user, at) => {
        const stream = otherStream(draw, users + batch.first + rowOf[at]!);
        const given = places.subarray(at * width, (at + 1) * width);
        const chosen = gumbelTop(scores.subarray(at * width, (at + 1) * width), given, size, temperature, stream);
        memory.set(chosen, user * size);
      });
    },
  };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** `count` of the places (-1 for none) without replacement, by e^(score / temperature): the largest with Gumbel noise. */
export function gumbelTop(
  scores: Float32Array,
  places: Int32Array,
  count: number,
  temperature: number,
  rng: Rng,
): Int32Array {
  const top = new Int32Array(count), keys = new Float64Array(count); // the largest so far, in descending order
  let found = 0;
  for (let at = 0; at < places.length; at++) {
    const key = scores[at]! / temperature - Math.log(-Math.log(1 - rng.uniform()));
    if (places[at]! < 0) continue;
    let slot = found;
    while (slot > 0 && key > keys[slot - 1]!) slot--;
    if (slot === count) continue;
    found = Math.min(found + 1, count);
    top.copyWithin(slot + 1, slot, found - 1);
    keys.copyWithin(slot + 1, slot, found - 1);
    top[slot] = places[at]!;
    keys[slot] = key;
  }
  for (let k = found; k < count; k++) top[k] = top[k % found]!;
  return top;
}
