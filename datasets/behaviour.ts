import { baseName } from "./base_name.ts";
import { counted } from "./counted.ts";
import { formatOf } from "./formats.ts";
import type { Ids } from "./ids.ts";
import { InputError } from "./input_error.ts";
import { knownIds } from "./known_ids.ts";
import type { Relation } from "./metadata.ts";
import { relation } from "./relation.ts";
import type { Source } from "./source.ts";

/**
 * Reads a log of another kind than the one trained on: views, carts, dislikes; `user item [weight] [time]` or any format
 * of interactions. Its ratings are weights; those of repeats add up. Rows of users or items that the ids do not know
 * are left out and counted in notes.
 *
 * @param name what notes call it.
 * @throws InputError naming file and line; also where no row is left, or a weight is below 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readBehaviour } from "./behaviour.ts";
 * import { numberedIds } from "./ids.ts";
 *
 * const source = { file: "views.tsv", bytes: new TextEncoder().encode("user\titem\n0\t1\n0\t7\n") };
 * const ids = { userIds: numberedIds(1), itemIds: numberedIds(2) };
 * const { entries, notes } = readBehaviour("views", source, ids);
 * assert.deepEqual(entries.targets, Int32Array.of(1));
 * assert.deepEqual(notes, [
 *   'views: 1 pair of "views.tsv"',
 *   "views: left out 1 row of a user or item that the log has not",
 * ]);
 * ```
 */
export function readBehaviour(
  name: string,
  source: Source,
  { userIds, itemIds }: { readonly userIds: Ids; readonly itemIds: Ids },
): { readonly entries: Relation; readonly notes: readonly string[] } {
  const rowCount = userIds.names.length, targetCount = itemIds.names.length, { file } = source;
  const tables = { users: knownIds(userIds), items: knownIds(itemIds) };
  const { users, items, ratings, times, notes } = formatOf(source).parse(source, tables, {});
  const known = Int32Array.from(users.keys()).filter((row) => users[row]! < rowCount && items[row]! < targetCount);
  if (known.length === 0) {
    throw new InputError(
      `none of its ${counted(users.length, "row")} is of a user and an item of the log: ids are the log's own`,
      file,
    );
  }
  const low = ratings && known.find((row) => ratings[row]! < 0);
  if (low !== undefined) {
    const pair = `user "${userIds.names[users[low]!]}" and item "${itemIds.names[items[low]!]}"`;
    throw new InputError(`${pair} have the weight ${ratings?.[low]}: weights are from 0`, file);
  }
  const entries = relation({
    rows: known.map((row) => users[row]!),
    targets: known.map((row) => items[row]!),
    rowCount,
    targetCount,
    weights: ratings && Float32Array.from(known, (row) => ratings[row]!),
    times: times && Float64Array.from(known, (row) => times[row]!),
  });
  const unknown = users.length - known.length;
  return {
    entries,
    notes: [
      ...notes.map((note) => `${name}: ${note}`),
      `${name}: ${counted(entries.targets.length, "pair")} of "${baseName(file)}"`,
      ...(unknown > 0 ? [`${name}: left out ${counted(unknown, "row")} of a user or item that the log has not`] : []),
    ],
  };
}
