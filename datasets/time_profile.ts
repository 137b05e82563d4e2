import type { Interactions } from "./interactions.ts";
import { orderedRows } from "./ordered_rows.ts";

/** When things happened, as far as times tell. */
export interface TimeProfile {
  /** What a time is since 1970, judged by its size; undefined where no unit gives years from 1973 to 5138. */
  readonly unit?: "seconds" | "milliseconds" | "microseconds";
  /** The earliest and the latest, as dates; where the unit is known. */
  readonly from?: string;
  readonly to?: string;
  readonly days?: number;
  /** Share of the rows that have the time of another row of their user: their order is not known. */
  readonly ties: number;
  /** Share of the neighbouring rows that are in order as they stand in the file: 1 where it is sorted by time. */
  readonly sorted: number;
}

/** Seconds since 1970 are in these bounds from 1973 to 5138; each smaller unit is a thousandth. */
const LEAST = 1e8, MOST = 1e11;
const UNITS = ["seconds", "milliseconds", "microseconds"] as const;
const SECONDS_A_DAY = 86400;

/**
 * Describes the times of a log; undefined where it has none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "./interactions.ts";
 * import { timeProfile } from "./time_profile.ts";
 *
 * const times = [978300760, 978300760, 978387160];
 * const log = interactions({ users: [0, 0, 0], items: [0, 1, 2], times, userCount: 1, itemCount: 3 });
 * const { unit, from, days, ties, sorted } = timeProfile(log)!;
 * assert.deepEqual([unit, from?.slice(0, 10), days, ties, sorted], ["seconds", "2000-12-31", 1, 2 / 3, 1]);
 * ```
 */
export function timeProfile(log: Interactions): TimeProfile | undefined {
  const { times } = log;
  if (!times || times.length === 0) return undefined;
  let least = Infinity, most = -Infinity, inOrder = 0;
  for (let row = 0; row < times.length; row++) {
    least = Math.min(least, times[row]!);
    most = Math.max(most, times[row]!);
    if (row > 0 && times[row]! >= times[row - 1]!) inOrder++;
  }
  const power = UNITS.findIndex((_, n) => least >= LEAST * 1000 ** n && most < MOST * 1000 ** n), scale = 1000 ** power;
  const date = (time: number) => new Date(time / scale * 1000).toISOString();
  return {
    ...(power >= 0 && {
      unit: UNITS[power]!,
      ...{ from: date(least), to: date(most), days: (most - least) / scale / SECONDS_A_DAY },
    }),
    ties: tied(log, times) / times.length,
    sorted: times.length > 1 ? inOrder / (times.length - 1) : 1,
  };
}

/** Rows that have the time of another row of their user. */
function tied(log: Interactions, times: Float64Array): number {
  const { offsets, rows } = orderedRows(log);
  let count = 0;
  for (let user = 0; user < log.userCount; user++) {
    const start = offsets[user]!, end = offsets[user + 1]!;
    for (let at = start; at < end; at++) {
      const time = times[rows[at]!];
      if (at > start && times[rows[at - 1]!] === time || at + 1 < end && times[rows[at + 1]!] === time) count++;
    }
  }
  return count;
}
