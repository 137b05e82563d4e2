import { baseName } from "./base_name.ts";
import { counted } from "./counted.ts";
import { type IdTable, idTable } from "./id_table.ts";
import type { Ids } from "./ids.ts";
import { InputError } from "./input_error.ts";
import { knownIds } from "./known_ids.ts";
import type { KnowledgeGraph } from "./metadata.ts";
import { numberEntities } from "./number_entities.ts";
import { scanTable } from "./scan_table.ts";
import type { Source } from "./source.ts";
import { fieldsOf, mostColumns, type Role, tableOf } from "./table.ts";

/**
 * Reads a knowledge graph: a row a fact, `head relation tail`, and a row a link, `item entity` (RecBole's `.kg` and
 * `.link`). A linked entity is its item. Without links an entity is the item of the same name, as in KGAT's files.
 * Facts stay as written: neither reversed nor merged.
 *
 * @throws InputError naming file and line; also where no entity is an item.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { namedIds } from "./ids.ts";
 * import { readKnowledge } from "./knowledge.ts";
 *
 * const source = (file: string, text: string) => ({ file, bytes: new TextEncoder().encode(text) });
 * const facts = source("films.kg", "m.1\tdirected by\tm.2\n"), links = source("films.link", "alien\tm.1\n");
 * const { knowledge } = readKnowledge(facts, links, namedIds(["heat", "alien"]));
 * assert.equal(knowledge.entities, 3); // two items and one more
 * assert.deepEqual([knowledge.heads, knowledge.tails], [Int32Array.of(1), Int32Array.of(2)]);
 * ```
 */
export function readKnowledge(
  facts: Source,
  links: Source | undefined,
  items: Ids,
): { readonly knowledge: KnowledgeGraph; readonly notes: readonly string[] } {
  const entities = idTable(), relations = idTable(), count = items.names.length;
  const [heads, kinds, tails] = columnsOf(facts, "facts", {
    head: entities,
    relation: relations,
    tail: entities,
  }) as readonly [Int32Array, Int32Array, Int32Array];
  const named = entities.size,
    { itemOf, notes } = links
      ? linked(links, entities, items)
      : { itemOf: Int32Array.from(entities.names(), (name) => items.indexOf(name) ?? -1), notes: [] };
  const known = new Set(itemOf.subarray(0, named).filter((item) => item >= 0)).size;
  if (known === 0) {
    const how = links ? `no link of "${baseName(links.file)}" is of one` : "no entity has an item's name";
    throw new InputError(
      `none of its ${counted(named, "entity", "entities")} is an item of the log: ${how}`,
      facts.file,
    );
  }
  const knowledge = numberEntities({ heads, kinds, tails, relations: relations.size }, itemOf, count);
  return {
    knowledge,
    notes: [
      `knowledge: ${counted(heads.length, "fact")} of "${
        baseName(facts.file)
      }", of which ${known} of ${count} items are entities`,
      ...notes,
    ],
  };
}

/** The item of each entity, or -1; an entity is the item that is linked to it first. */
function linked(
  links: Source,
  entities: IdTable,
  items: Ids,
): { readonly itemOf: Int32Array; readonly notes: readonly string[] } {
  const count = items.names.length, named = entities.size;
  const [item, entity] = columnsOf(links, "links", { item: knownIds(items), entity: entities }) as readonly [
    Int32Array,
    Int32Array,
  ];
  const itemOf = new Int32Array(entities.size).fill(-1);
  let unknown = 0, taken = 0, silent = 0;
  for (let row = 0; row < item.length; row++) {
    const at = entity[row]!;
    if (item[row]! >= count) unknown++;
    else if (at >= named) silent++;
    else if (itemOf[at]! >= 0 && itemOf[at] !== item[row]) taken++;
    else itemOf[at] = item[row]!;
  }
  return {
    itemOf,
    notes: [
      ...(unknown > 0 ? [`knowledge: left out ${counted(unknown, "link")} of an item that the log has not`] : []),
      ...(silent > 0 ? [`knowledge: left out ${counted(silent, "link")} to an entity without facts`] : []),
      ...(taken > 0 ? [`knowledge: left out ${counted(taken, "link")} to an entity that is another item already`] : []),
    ],
  };
}

function columnsOf(
  source: Source,
  holds: string,
  tables: Readonly<Partial<Record<Role, IdTable>>>,
): readonly Int32Array[] {
  const roles = Object.keys(tables) as Role[], written = tableOf(source, roles);
  const fields = fieldsOf(written, roles, source.file);
  return scanTable(source, {
    ...written.dialect,
    skip: written.header ? 1 : 0,
    ...mostColumns(written, roles.length, roles.join(" ")),
    holds,
    ids: roles.map((role) => ({ field: fields[role], what: role, table: tables[role]! })),
    numbers: {},
  }).ids;
}
