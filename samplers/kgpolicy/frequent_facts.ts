import type { KnowledgeGraph } from "../../datasets/metadata.ts";

/** The facts whose ends are items, or entities that occur in at least `least` facts; other entities are left out. */
export function frequentFacts(
  { entities, relations, heads, kinds, tails }: KnowledgeGraph,
  items: number,
  least: number,
): KnowledgeGraph {
  const occurs = new Int32Array(entities), renumbered = new Int32Array(entities).fill(-1);
  for (const head of heads) occurs[head]!++;
  for (const tail of tails) occurs[tail]!++;
  let kept = 0;
  for (let entity = 0; entity < entities; entity++) {
    if (entity < items || occurs[entity]! >= least) renumbered[entity] = kept++;
  }
  const stays = (_: number, fact: number) => renumbered[heads[fact]!]! >= 0 && renumbered[tails[fact]!]! >= 0;
  const ends = (column: Int32Array) => column.filter(stays).map((entity) => renumbered[entity]!);
  return { entities: kept, relations, heads: ends(heads), kinds: kinds.filter(stays), tails: ends(tails) };
}
