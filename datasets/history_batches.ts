import { type Batch, type Batches, type BatchingOptions, epochOrder } from "./batching.ts";
import { type Asks, capsOf, capsWithin, fitting, type HistoryCaps, packed } from "./histories.ts";
import type { Sequences } from "./sequences.ts";

/** How a backbone wants to read histories. */
export interface HistoryWants {
  /** At most so many items, T: the latest. */
  readonly length: number;
  /** What trains: the item after every token, or the last one of each history. */
  readonly asks: Asks;
  /** Longer sequences train as several histories, each of which goes on where the one before ended, instead of the latest alone. */
  readonly windows: boolean;
}

/** Histories that train, each with the item after it: `items[starts[n] .. ends[n])` of user `users[n]`. */
interface Lessons {
  readonly users: Int32Array; // [n]
  readonly starts: Int32Array; // [n]
  readonly ends: Int32Array; // [n]
}

/**
 * Batches of whole histories: as many as their rows, tokens and number fit, so that nothing is padded but a batch's end.
 * A row is a token with the item that follows it.
 *
 * @param learns whether a user's rows can be trained on.
 * @throws RangeError where a batch is too small for one history.
 */
export function historyBatches(
  sequences: Sequences,
  wants: HistoryWants,
  { size, dropLast }: BatchingOptions,
  learns: (user: number) => boolean,
): Batches & { readonly caps: HistoryCaps } {
  const { asks } = wants,
    { items } = sequences,
    lessons = lessonsOf(sequences, wants, learns),
    { users, starts, ends } = lessons;
  const caps = lessonCaps(lessons, asks, size);
  const lengthOf = (lesson: number) => ends[lesson]! - starts[lesson]!;
  const rowsOf = (lesson: number) => asks === "last" ? 1 : lengthOf(lesson);
  return {
    caps,
    count: users.reduce((sum, _, lesson) => sum + rowsOf(lesson), 0),
    padded: true,
    plan(epoch, rng) {
      const order = epochOrder(users.length, epoch, rng), cuts: Cut[] = [];
      for (let from = 0, first = 0; from < order.length;) {
        const to = from + fitting(order.length, from, (at) => lengthOf(order[at]!), caps, size, asks);
        const held = order.subarray(from, to), rows = held.reduce((sum, lesson) => sum + rowsOf(lesson), 0);
        cuts.push({ lessons: held, first, rows });
        from = to;
        first += rows;
      }
      // what is packed whole hardly ever fills a batch: the last is short of those before it
      const others = cuts.slice(0, -1), fewest = others.reduce((least, { rows }) => Math.min(least, rows), size);
      const short = dropLast && others.length > 0 && cuts.at(-1)!.rows < fewest;
      return { steps: cuts.length - (short ? 1 : 0), at: (index) => batchOf(cuts[index]!) };
    },
  };

  function batchOf({ lessons: held, first, rows }: Cut): Batch {
    const spans = Array.from(held, (lesson) => ({ start: starts[lesson]!, end: ends[lesson]! }));
    const batch = { users: new Int32Array(size), positives: new Int32Array(size) };
    let row = 0;
    for (const lesson of held) {
      for (let at = ends[lesson]! - rowsOf(lesson); at < ends[lesson]!; at++, row++) {
        batch.users[row] = users[lesson]!;
        batch.positives[row] = items[at + 1]!;
      }
    }
    batch.users.fill(batch.users[0]!, rows);
    batch.positives.fill(batch.positives[0]!, rows);
    return { rows, first, ...batch, history: packed(items, spans, caps, size, asks) };
  }
}

/** A batch that is to be: its lessons, the number of its first row in the epoch, and how many rows it has. */
interface Cut {
  readonly lessons: Int32Array;
  readonly first: number;
  readonly rows: number;
}

/** The histories of each sequence: its end, and with `windows` what comes before, too. */
function lessonsOf(
  { offsets }: Sequences,
  { length, windows }: HistoryWants,
  learns: (user: number) => boolean,
): Lessons {
  const visit = (take: (user: number, start: number, end: number) => void) => {
    for (let user = 0; user + 1 < offsets.length; user++) {
      if (!learns(user)) continue;
      for (let end = offsets[user + 1]! - 1; end > offsets[user]!; end -= length) {
        take(user, Math.max(offsets[user]!, end - length), end);
        if (!windows) break;
      }
    }
  };
  let count = 0;
  visit(() => count++);
  const found = { users: new Int32Array(count), starts: new Int32Array(count), ends: new Int32Array(count) };
  let at = 0;
  visit((user, start, end) => {
    found.users[at] = user;
    found.starts[at] = start;
    found.ends[at++] = end;
  });
  return found;
}

/** Space for a batch: as many histories, or tokens, as its rows take. */
function lessonCaps({ starts, ends }: Lessons, asks: Asks, size: number): HistoryCaps {
  const lengths = ends.map((end, lesson) => end - starts[lesson]!);
  if (asks === "last") return capsOf(lengths, size);
  const caps = capsWithin(lengths, size);
  if (size >= caps.length) return caps;
  throw new RangeError(
    `Cannot batch histories of up to ${caps.length} items, which train together, with "batchSize" ${size}: it must be at least ${caps.length}`,
  );
}
