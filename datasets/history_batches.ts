import type { Rng } from "../random/rng.ts";
import { type Batch, type Batches, epochOrder } from "./batching.ts";
import { type Asks, fitting, type HistoryCaps, longest, packed, SLACK, type Span, tokensFor } from "./histories.ts";
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

/** A history and the item after it, or after each of its tokens. */
interface Lesson extends Span {
  readonly user: number;
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
  { size, dropLast }: { readonly size: number; readonly dropLast: boolean },
  learns: (user: number) => boolean,
): Batches & { readonly caps: HistoryCaps } {
  const { asks } = wants,
    { items } = sequences,
    lessons = lessonsOf(sequences, wants, learns),
    length = longest(lessons);
  if (asks === "all" && size < length) {
    throw new RangeError(
      `Cannot batch histories of up to ${length} items, which train together, with "batchSize" ${size}: it must be at least ${length}`,
    );
  }
  const mean = lessons.reduce((sum, { start, end }) => sum + end - start, 0) / Math.max(1, lessons.length);
  const caps = asks === "all"
    ? { histories: Math.max(1, Math.min(size, lessons.length, Math.ceil(size / mean * SLACK))), tokens: size, length }
    : { histories: size, tokens: tokensFor(lessons, size, length), length };
  return {
    caps,
    count: asks === "last" ? lessons.length : tokensIn(lessons, 0, lessons.length),
    padded: true,
    plan(epoch: number, rng: Rng) {
      const ordered = Array.from(epochOrder(lessons.length, epoch, rng), (at) => lessons[at]!);
      const cuts: { from: number; to: number; first: number; rows: number }[] = [];
      for (let from = 0, first = 0; from < ordered.length;) {
        const to = from + fitting(ordered, from, caps, size, asks);
        const rows = asks === "last" ? to - from : tokensIn(ordered, from, to);
        cuts.push({ from, to, first, rows });
        from = to;
        first += rows;
      }
      const last = cuts.at(-1),
        steps = dropLast && last && last.rows < size && cuts.length > 1 ? cuts.length - 1 : cuts.length;
      return { steps, at: (index) => batchOf(ordered, cuts[index]!) };
    },
  };

  function batchOf(
    ordered: readonly Lesson[],
    { from, to, first, rows }: {
      readonly from: number;
      readonly to: number;
      readonly first: number;
      readonly rows: number;
    },
  ): Batch {
    const held = ordered.slice(from, to), history = packed(items, held, caps, size, asks);
    const users = new Int32Array(size), positives = new Int32Array(size);
    let row = 0;
    for (const { user, start, end } of held) {
      for (let at = asks === "all" ? start : end - 1; at < end; at++, row++) {
        users[row] = user;
        positives[row] = items[at + 1]!;
      }
    }
    users.fill(users[0]!, rows);
    positives.fill(positives[0]!, rows);
    return { rows, first, users, positives, history };
  }
}

const tokensIn = (spans: readonly Span[], from: number, to: number): number => {
  let tokens = 0;
  for (let at = from; at < to; at++) tokens += spans[at]!.end - spans[at]!.start;
  return tokens;
};

/** The histories of each sequence: its end, and with `windows` what comes before, too. */
function lessonsOf(
  { offsets }: Sequences,
  { length, windows }: HistoryWants,
  learns: (user: number) => boolean,
): readonly Lesson[] {
  const lessons: Lesson[] = [];
  for (let user = 0; user + 1 < offsets.length; user++) {
    if (!learns(user)) continue;
    for (let end = offsets[user + 1]! - 1; end > offsets[user]!; end -= length) {
      lessons.push({ user, start: Math.max(offsets[user]!, end - length), end });
      if (!windows) break;
    }
  }
  return lessons;
}
