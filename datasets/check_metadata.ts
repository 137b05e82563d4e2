import type { ItemVectors, KnowledgeGraph, Metadata, Relation } from "./metadata.ts";

/**
 * Checks that metadata is of these many users and items.
 *
 * @throws RangeError naming the part, what its size should be, and what it is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkMetadata } from "./check_metadata.ts";
 *
 * const friends = { offsets: Int32Array.of(0, 1, 2), targets: Int32Array.of(1, 2) };
 * assert.throws(() => checkMetadata({ friends }, 2, 9), /"friends".*target 2.*below 2/);
 * ```
 */
export function checkMetadata(metadata: Metadata, users: number, items: number): void {
  const { attributes, userAttributes, vectors = [], friends, dislikes, behaviours = [], source, knowledge } = metadata;
  if (attributes) checkRelation("attributes", attributes, items, attributes.names.length);
  if (userAttributes) checkRelation("userAttributes", userAttributes, users, userAttributes.names.length);
  for (const modality of vectors) checkVectors(modality, items);
  if (friends) checkRelation("friends", friends, users, users);
  if (dislikes) checkRelation("dislikes", dislikes, users, items);
  for (const behaviour of behaviours) checkRelation(behaviour.name, behaviour, users, items);
  if (source) {
    const rows = source.offsets.length - 1;
    if (rows < users) throw new RangeError(`Cannot use "source" of ${rows} users: its first are the log's ${users}`);
    checkRelation("source", source, rows, source.items);
  }
  if (knowledge) checkGraph(knowledge, items);
}

function checkRelation(part: string, { offsets, targets }: Relation, rows: number, targetCount: number): void {
  if (offsets.length !== rows + 1 || offsets[rows] !== targets.length) {
    const found = `it has ${offsets.length - 1} rows that end at entry ${offsets.at(-1)} of ${targets.length}`;
    throw new RangeError(`Cannot use "${part}" with ${rows} rows: ${found}`);
  }
  checkIds(part, "target", targets, targetCount);
  for (let row = 0; row < rows; row++) {
    for (let entry = offsets[row]! + 1; entry < offsets[row + 1]!; entry++) {
      if (targets[entry]! > targets[entry - 1]!) continue;
      throw new RangeError(`Cannot use "${part}": targets ascend in a row, but row ${row}'s do not`);
    }
  }
}

function checkVectors({ name, width, data, rows }: ItemVectors, items: number): void {
  const count = data.length / width;
  if (rows.length !== items || !Number.isInteger(count)) {
    const found = `it has ${rows.length} rows, and ${data.length} numbers`;
    throw new RangeError(`Cannot use vectors "${name}" of ${items} items and width ${width}: ${found}`);
  }
  const item = rows.findIndex((row) => row < -1 || row >= count);
  if (item < 0) return;
  throw new RangeError(`Cannot use vectors "${name}": item ${item} has row ${rows[item]} of ${count}`);
}

function checkGraph({ entities, relations, heads, kinds, tails }: KnowledgeGraph, items: number): void {
  if (entities < items) {
    throw new RangeError(`Cannot use a graph of ${entities} entities: its first are ${items} items`);
  }
  if (heads.length !== kinds.length || heads.length !== tails.length) {
    const found = `${heads.length} "heads", ${kinds.length} "kinds" and ${tails.length} "tails"`;
    throw new RangeError(`Cannot use a graph of ${found}: a fact has one of each`);
  }
  checkIds("knowledge", "head", heads, entities);
  checkIds("knowledge", "kind", kinds, relations);
  checkIds("knowledge", "tail", tails, entities);
}

function checkIds(part: string, what: string, ids: Int32Array, count: number): void {
  const at = ids.findIndex((id) => id < 0 || id >= count);
  if (at < 0) return;
  throw new RangeError(`Cannot use "${part}": ${what} ${ids[at]} (entry ${at}) should be from 0 and below ${count}`);
}
