import type { Sequences } from "../datasets/sequences.ts";
import type { KeptLists } from "../evaluation/kept_lists.ts";

/** Users whose lists on test are kept, and what there is to read the lists beside; the n-th row is the n-th user's. */
export interface TestedUsers {
  readonly users: Int32Array; // [n]
  /** What each had met by then and was left out of the list: the last of it, oldest first. */
  readonly met: Sequences; // [n + 1], [..]
  /** How much that was in all. */
  readonly metCounts: Int32Array; // [n]
  /** What was held out. */
  readonly held: Sequences; // [n + 1], [..]
}

/** The log's own ids, and titles where there are any. */
export interface ItemNames {
  readonly users: readonly string[];
  readonly items: readonly string[];
  readonly titles?: readonly (string | null)[];
}

/** An item of a case. */
export interface NamedItem {
  readonly id: string;
  readonly title: string | null;
}

/** What somebody had met, was recommended, and then took. */
export interface Case {
  readonly user: string;
  /** The last that was met, oldest first, of so many. */
  readonly met: readonly NamedItem[];
  readonly metCount: number;
  readonly heldCount: number;
  /** Held out and in no list. */
  readonly missed: readonly NamedItem[];
  readonly lists: readonly {
    readonly method: string;
    readonly items: readonly (NamedItem & { readonly hit: boolean })[];
  }[];
}

export interface CaseOptions {
  /** Rows of {@link TestedUsers}. */
  readonly rows: readonly number[];
  /** Items of each list, and of the history. */
  readonly top: number;
}

/**
 * Rows of users to look at, chosen by how much they had met and not by how well they are served: at even steps from who
 * met least to who met most, both ends left out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { typicalUsers } from "./case_study.ts";
 *
 * assert.deepEqual(typicalUsers(Int32Array.of(5, 90, 20, 7, 11), 3), [3, 4, 2]); // who met 7, 11 and 20
 * ```
 */
export function typicalUsers(metCounts: Int32Array, count: number): number[] {
  const byHistory = [...metCounts.keys()].sort((a, b) => metCounts[a]! - metCounts[b]! || a - b);
  const places = Array.from(
    { length: count },
    (_, at) => Math.round((at + 1) / (count + 1) * (byHistory.length - 1)),
  );
  return [...new Set(places)].map((place) => byHistory[place]!).filter((row) => row !== undefined);
}

/** The cases of some users, with the list that each method made for them. */
export function casesOf(
  tested: TestedUsers,
  methods: readonly { readonly label: string; readonly kept: KeptLists }[],
  names: ItemNames,
  { rows, top }: CaseOptions,
): readonly Case[] {
  const item = (id: number): NamedItem => ({ id: names.items[id]!, title: names.titles?.[id] ?? null });
  const own = ({ offsets, items }: Sequences, row: number) => [...items.subarray(offsets[row], offsets[row + 1])];
  return rows.map((row) => {
    const user = tested.users[row]!, held = own(tested.held, row), isHeld = new Set(held);
    const lists = methods.flatMap(({ label, kept }) => {
      const at = kept.users.indexOf(user);
      if (at < 0) return [];
      const list = [...kept.items.subarray(at * kept.length, at * kept.length + Math.min(top, kept.length))];
      return [{ label, ids: list.filter((id) => id >= 0) }];
    });
    const listed = new Set(lists.flatMap(({ ids }) => ids));
    return {
      user: names.users[user]!,
      met: own(tested.met, row).slice(-top).map(item),
      metCount: tested.metCounts[row]!,
      heldCount: held.length,
      missed: held.filter((id) => !listed.has(id)).slice(0, top).map(item),
      lists: lists.map(({ label, ids }) => ({
        method: label,
        items: ids.map((id) => ({ ...item(id), hit: isHeld.has(id) })),
      })),
    };
  });
}
