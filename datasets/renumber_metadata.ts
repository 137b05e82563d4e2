import { keepEntries } from "./keep_entries.ts";
import type { Attributes, KnowledgeGraph, Metadata, Relation, SourceDomain } from "./metadata.ts";
import { numberEntities } from "./number_entities.ts";
import { relation } from "./relation.ts";

/** Ids that stay: the former id of each new one, ascending, and the new id of each former one, or -1. */
export interface Renumbering {
  readonly former: Int32Array;
  readonly dense: Int32Array;
}

/** Numbers the ids that stay, of `count` in all. */
export function renumbering(former: Int32Array, count: number): Renumbering {
  const dense = new Int32Array(count).fill(-1);
  former.forEach((id, at) => dense[id] = at);
  return { former, dense };
}

/**
 * Metadata of the users and items that stay, numbered as they are. Attributes that no item has any more go; an item
 * that goes is still an entity of the facts about it, and a user that goes still one of the source domain.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { renumbering, renumberMetadata } from "./renumber_metadata.ts";
 *
 * // user 1 of 3 goes
 * const users = renumbering(Int32Array.of(0, 2), 3), items = renumbering(Int32Array.of(0), 1);
 * const friends = { offsets: Int32Array.of(0, 2, 3, 3), targets: Int32Array.of(1, 2, 0) };
 * const kept = renumberMetadata({ friends }, users, items).friends;
 * assert.deepEqual([kept?.offsets, kept?.targets], [Int32Array.of(0, 1, 1), Int32Array.of(1)]);
 * ```
 */
export function renumberMetadata(metadata: Metadata, users: Renumbering, items: Renumbering): Metadata {
  const { attributes, userAttributes, vectors, friends, dislikes, behaviours, source, knowledge } = metadata;
  return {
    ...(attributes && { attributes: renumberAttributes(attributes, items) }),
    ...(userAttributes && { userAttributes: renumberAttributes(userAttributes, users) }),
    ...(vectors && {
      vectors: vectors.map((modality) => ({ ...modality, rows: items.former.map((item) => modality.rows[item]!) })),
    }),
    ...(friends && { friends: renumber(friends, users, users.dense) }),
    ...(dislikes && { dislikes: renumber(dislikes, users, items.dense) }),
    ...(behaviours && { behaviours: behaviours.map((behaviour) => renumber(behaviour, users, items.dense)) }),
    ...(source && { source: renumberSource(source, users) }),
    ...(knowledge && { knowledge: renumberKnowledge(knowledge, items) }),
  };
}

function renumber<R extends Relation>(found: R, rows: Renumbering, dense: Int32Array): R {
  const kept = keepEntries(
    found,
    (entry, row) => rows.dense[row]! >= 0 && dense[found.targets[entry]!]! >= 0,
  );
  // rows that went are empty now: their offsets can be left out
  const offsets = new Int32Array(rows.former.length + 1);
  rows.former.forEach((row, at) => offsets[at + 1] = kept.offsets[row + 1]!);
  return { ...kept, offsets, targets: kept.targets.map((target) => dense[target]!) };
}

/** The log's users come first; those that left it and the others follow, in their order. */
function renumberSource(source: SourceDomain, users: Renumbering): SourceDomain {
  const rowCount = source.offsets.length - 1,
    dense = new Int32Array(rowCount),
    rows = new Int32Array(source.targets.length);
  let next = users.former.length;
  for (let row = 0; row < rowCount; row++) {
    const stays = users.dense[row] ?? -1;
    dense[row] = stays >= 0 ? stays : next++;
    rows.fill(dense[row]!, source.offsets[row], source.offsets[row + 1]);
  }
  return { ...relation({ ...source, rows, rowCount, targetCount: source.items }), items: source.items };
}

function renumberAttributes(attributes: Attributes, rows: Renumbering): Attributes {
  const all = Int32Array.from(attributes.names.keys()), kept = renumber(attributes, rows, all);
  const shown = new Set(kept.targets);
  const { former, dense } = renumbering(all.filter((attribute) => shown.has(attribute)), all.length);
  return {
    ...kept,
    targets: kept.targets.map((attribute) => dense[attribute]!),
    names: Array.from(former, (attribute) => attributes.names[attribute]!),
  };
}

function renumberKnowledge(knowledge: KnowledgeGraph, items: Renumbering): KnowledgeGraph {
  const itemOf = new Int32Array(knowledge.entities).fill(-1);
  itemOf.set(items.dense);
  return numberEntities(knowledge, itemOf, items.former.length);
}
