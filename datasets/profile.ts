import { catalogue } from "./catalogue.ts";
import { cohorts, type CohortSizes } from "./cohorts.ts";
import type { Dataset } from "./dataset.ts";
import { distinct } from "./distinct.ts";
import type { Interactions } from "./interactions.ts";
import { merge } from "./merge.ts";
import { type MetadataProfile, metadataProfile } from "./metadata_profile.ts";
import { type Overlap, overlap } from "./overlap.ts";
import { type PopularityCurve, popularityCurve } from "./popularity_curve.ts";
import { type RecommendedProtocol, recommendedProtocol } from "./recommended_protocol.ts";
import { type TimeProfile, timeProfile } from "./time_profile.ts";

/** The spread of some counts: minimum, quartiles, ninth decile, maximum (nearest rank), and mean. */
export interface Quantiles {
  readonly least: number;
  readonly quarter: number;
  readonly median: number;
  readonly threeQuarters: number;
  readonly ninetyPercent: number;
  readonly most: number;
  readonly mean: number;
}

/** A part of a dataset, in numbers. */
export interface PartProfile {
  readonly rows: number;
  /** Users and items that it shows. */
  readonly users: number;
  readonly items: number;
  /** Rows that repeat a user and item. */
  readonly repeats: number;
  /** Earliest and latest time. */
  readonly times?: readonly [number, number];
}

/** What is known of a held-out part's users beside train. */
export interface Before {
  /** Rows of what they had met before it, where they are not in train. */
  readonly before?: number;
}

/** How many have fewer train interactions than these, of those that have any. */
export interface Few {
  readonly one: number;
  readonly below3: number;
  readonly below5: number;
  readonly below10: number;
}

/** What `datasets info` shows. */
export interface Profile {
  readonly name: string;
  readonly users: number;
  readonly items: number;
  /** All rows of all parts, over users x items. */
  readonly density: number;
  /** Rows of train as it was read that repeated a user and item, which were merged. */
  readonly duplicates: number;
  readonly train: PartProfile;
  readonly valid?: PartProfile & Overlap & Before;
  readonly test?: PartProfile & Overlap & Before;
  /** Train interactions of the users, and of the items, that have any. */
  readonly perUser: Quantiles;
  readonly perItem: Quantiles;
  /** Users and items of whom train knows little. */
  readonly few: { readonly users: Few; readonly items: Few };
  readonly popularity: PopularityCurve;
  readonly cohorts: CohortSizes;
  readonly times?: TimeProfile;
  readonly recommended: RecommendedProtocol;
  readonly metadata?: MetadataProfile;
  readonly notes: readonly string[];
}

/**
 * Describes a dataset in numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { profile } from "./profile.ts";
 * import { synthetic } from "./synthetic.ts";
 *
 * const { users, train, perUser } = profile(synthetic({ users: 20, items: 500 }));
 * assert.deepEqual([users, train.users], [20, 20]);
 * assert(perUser.least <= perUser.median && perUser.median <= perUser.most);
 * ```
 */
export function profile({ name, train, valid, test, before = {}, metadata, merged = 0, notes }: Dataset): Profile {
  const { userCount: users, itemCount: items } = train, { offsets, popularity } = catalogue(train);
  const perUser = Int32Array.from({ length: users }, (_, user) => offsets[user + 1]! - offsets[user]!);
  const rows = [train, valid, test, before.valid, before.test].reduce((n, part) => n + (part?.users.length ?? 0), 0);
  const known = (part: Interactions | undefined): Before => ({ ...(part && { before: part.users.length }) });
  const times = timeProfile(train), met = perUser.filter((count) => count > 0);
  const shown = popularity.filter((count) => count > 0);
  return {
    name,
    users,
    items,
    density: users * items > 0 ? rows / (users * items) : 0,
    duplicates: merged,
    train: partProfile(train),
    ...(valid && { valid: { ...partProfile(valid), ...overlap(train, valid), ...known(before.valid) } }),
    ...(test && { test: { ...partProfile(test), ...overlap(train, test), ...known(before.test) } }),
    perUser: quantiles(met),
    perItem: quantiles(shown),
    few: { users: few(met), items: few(shown) },
    popularity: popularityCurve(popularity),
    cohorts: cohorts(popularity).sizes,
    ...(times && { times }),
    recommended: recommendedProtocol(train, times, test),
    ...(metadata && { metadata: metadataProfile(metadata, users, items) }),
    notes,
  };
}

function partProfile(part: Interactions): PartProfile {
  const { users, items, times } = part;
  return {
    rows: users.length,
    users: distinct(users).length,
    items: distinct(items).length,
    repeats: merge(part).repeats,
    ...(times && times.length > 0 && { times: [least(times), most(times)] as const }),
  };
}

function few(counts: Int32Array): Few {
  const below = (limit: number) => counts.reduce((sum, count) => count < limit ? sum + 1 : sum, 0);
  return { one: below(2), below3: below(3), below5: below(5), below10: below(10) };
}

const least = (values: Float64Array): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

function quantiles(counts: Int32Array): Quantiles {
  const sorted = counts.toSorted(), { length } = sorted;
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * length) - 1)] ?? 0;
  return {
    least: at(0),
    quarter: at(0.25),
    median: at(0.5),
    threeQuarters: at(0.75),
    ninetyPercent: at(0.9),
    most: at(1),
    mean: length > 0 ? sorted.reduce((a, b) => a + b, 0) / length : 0,
  };
}
