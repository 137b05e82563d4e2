import type { KnowledgeGraph } from "./metadata.ts";

/**
 * A knowledge graph whose first entities are the items: the other entities that facts name follow, in order of first
 * appearance.
 *
 * @param facts with entities numbered in any way.
 * @param itemOf the item of each such entity, or -1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { numberEntities } from "./number_entities.ts";
 *
 * const facts = { heads: Int32Array.of(0, 2), kinds: Int32Array.of(0, 0), tails: Int32Array.of(1, 1), relations: 1 };
 * const { entities, heads, tails } = numberEntities(facts, Int32Array.of(-1, 4, -1), 5);
 * assert.equal(entities, 7);
 * assert.deepEqual([heads, tails], [Int32Array.of(5, 6), Int32Array.of(4, 4)]);
 * ```
 */
export function numberEntities(
  { heads, kinds, tails, relations }: Omit<KnowledgeGraph, "entities">,
  itemOf: Int32Array,
  items: number,
): KnowledgeGraph {
  const dense = itemOf.slice();
  let entities = items;
  for (let fact = 0; fact < heads.length; fact++) {
    if (dense[heads[fact]!]! < 0) dense[heads[fact]!] = entities++;
    if (dense[tails[fact]!]! < 0) dense[tails[fact]!] = entities++;
  }
  return {
    entities,
    relations,
    heads: heads.map((entity) => dense[entity]!),
    kinds,
    tails: tails.map((entity) => dense[entity]!),
  };
}
