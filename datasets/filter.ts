import { counted } from "./counted.ts";
import type { Dataset } from "./dataset.ts";
import { namedIds } from "./ids.ts";
import type { Interactions } from "./interactions.ts";
import { renumbering, renumberMetadata } from "./renumber_metadata.ts";
import { select } from "./select.ts";

/** What a filter kept, numbered densely anew. */
export interface Kept {
  readonly interactions: Interactions;
  /** The former id of each user. */
  readonly users: Int32Array;
  readonly items: Int32Array;
}

/**
 * The k-core: drops users and items with fewer than k interactions until none is left (Seidman, 1983). Ids keep their
 * order; rows, too.
 *
 * @param minimum k, or one for users and one for items.
 * @throws RangeError where that is NaN or below 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { kCore } from "./filter.ts";
 * import { interactions } from "./interactions.ts";
 *
 * // item 0 goes for having one user; then user 0 has one item
 * const log = interactions({ users: [0, 0, 1, 1, 2, 2], items: [0, 1, 1, 2, 1, 2], userCount: 3, itemCount: 3 });
 * const { interactions: core, users, items } = kCore(log, 2);
 * assert.deepEqual([users, items], [Int32Array.of(1, 2), Int32Array.of(1, 2)]);
 * assert.deepEqual([core.users, core.items], [Int32Array.of(0, 0, 1, 1), Int32Array.of(0, 1, 0, 1)]);
 * ```
 */
export function kCore(log: Interactions, minimum: number | { readonly users: number; readonly items: number }): Kept {
  const k = typeof minimum === "number" ? { users: minimum, items: minimum } : minimum;
  for (const [what, least] of Object.entries(k)) {
    if (least >= 0) continue; // NaN is not, and would drop all
    throw new RangeError(`Cannot keep ${what} of ${least} interactions or more: it is a number of at least 0`);
  }
  let rows = Int32Array.from(log.users.keys()), before: number;
  const degree = (ids: Int32Array, count: number) => {
    const degrees = new Int32Array(count);
    for (const row of rows) degrees[ids[row]!]!++;
    return degrees;
  };
  let users: Int32Array, items: Int32Array;
  do {
    before = rows.length;
    users = degree(log.users, log.userCount);
    rows = rows.filter((row) => users[log.users[row]!]! >= k.users);
    items = degree(log.items, log.itemCount);
    rows = rows.filter((row) => items[log.items[row]!]! >= k.items);
  } while (rows.length < before);
  const user = renumbering(shown(users), users.length), item = renumbering(shown(items), items.length);
  const kept = select(log, rows);
  return {
    interactions: {
      ...kept,
      users: kept.users.map((id) => user.dense[id]!),
      items: kept.items.map((id) => item.dense[id]!),
      userCount: user.former.length,
      itemCount: item.former.length,
    },
    users: user.former,
    items: item.former,
  };
}

/**
 * The k-core of a dataset that is not split yet: names, titles and metadata follow their ids.
 *
 * @throws RangeError where it is split: parts filtered together would leak test into train.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { filterDataset } from "./filter.ts";
 * import { namedIds } from "./ids.ts";
 * import { interactions } from "./interactions.ts";
 *
 * const train = interactions({ users: [0, 1, 1, 2, 2], items: [0, 0, 1, 0, 1], userCount: 3, itemCount: 2 });
 * const ids = { userIds: namedIds(["ann", "bob", "cleo"]), itemIds: namedIds(["tea", "jam"]) };
 * const { userIds, itemIds, notes } = filterDataset({ name: "shop", train, ...ids, notes: [] }, 2);
 * assert.deepEqual([userIds.names, itemIds.names], [["bob", "cleo"], ["tea", "jam"]]);
 * assert.deepEqual(notes, ["train: dropped 1 row to leave users of 2 or more and items of 2 or more"]);
 * ```
 */
export function filterDataset(dataset: Dataset, minimum: Parameters<typeof kCore>[1]): Dataset {
  if (dataset.valid || dataset.test) {
    throw new RangeError(`Cannot filter "${dataset.name}": it is split already, and a filter comes before`);
  }
  const { interactions: train, users, items } = kCore(dataset.train, minimum), { titles, metadata } = dataset;
  const { users: k, items: l } = typeof minimum === "number" ? { users: minimum, items: minimum } : minimum;
  const dropped = dataset.train.users.length - train.users.length;
  return {
    ...dataset,
    train,
    userIds: namedIds(Array.from(users, (id) => dataset.userIds.names[id]!)),
    itemIds: namedIds(Array.from(items, (id) => dataset.itemIds.names[id]!)),
    ...(titles && { titles: Array.from(items, (id) => titles[id]) }),
    ...(metadata && {
      metadata: renumberMetadata(
        metadata,
        renumbering(users, dataset.train.userCount),
        renumbering(items, dataset.train.itemCount),
      ),
    }),
    notes: [
      ...dataset.notes,
      `train: dropped ${counted(dropped, "row")} to leave users of ${k} or more and items of ${l} or more`,
    ],
  };
}

/** Ids that have a degree. */
const shown = (degrees: Int32Array): Int32Array => Int32Array.from(degrees.keys()).filter((id) => degrees[id]! > 0);
