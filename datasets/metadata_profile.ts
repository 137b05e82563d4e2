import { distinct } from "./distinct.ts";
import { mutualPairs } from "./friends.ts";
import type { KnowledgeGraph, Metadata, Relation } from "./metadata.ts";

/** A relation of users to items, in numbers. */
export interface PairsProfile {
  readonly pairs: number;
  /** Users and items that have any. */
  readonly users: number;
  readonly items: number;
}

/** What side information there is, in numbers. */
export interface MetadataProfile {
  /** `items` is how many have any, `pairs` how many they have together. */
  readonly attributes?: { readonly attributes: number; readonly items: number; readonly pairs: number };
  /** `users` is how many have any. */
  readonly userAttributes?: { readonly attributes: number; readonly users: number; readonly pairs: number };
  /** By name; `items` is how many have one. */
  readonly vectors?: Readonly<Record<string, { readonly items: number; readonly width: number }>>;
  /** `users` is how many have a friend, `mutual` how many pairs have their reverse. */
  readonly friends?: { readonly pairs: number; readonly users: number; readonly mutual: number };
  readonly dislikes?: PairsProfile;
  /** By name, the strongest first. */
  readonly behaviours?: Readonly<Record<string, PairsProfile>>;
  /** `users` is how many have met anything there, `common` how many of those are users of the log. */
  readonly source?: PairsProfile & { readonly common: number };
  /** `items` is how many have a fact. */
  readonly knowledge?: {
    readonly facts: number;
    readonly entities: number;
    readonly relations: number;
    readonly items: number;
  };
}

/**
 * Describes side information in numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { metadataProfile } from "./metadata_profile.ts";
 *
 * const friends = { offsets: Int32Array.of(0, 2, 3, 3), targets: Int32Array.of(1, 2, 0) };
 * assert.deepEqual(metadataProfile({ friends }, 3, 5), { friends: { pairs: 3, users: 2, mutual: 2 } });
 * ```
 */
export function metadataProfile(metadata: Metadata, users: number, items: number): MetadataProfile {
  const { attributes, userAttributes, vectors, friends, dislikes, behaviours, source, knowledge } = metadata;
  return {
    ...(attributes && {
      attributes: {
        attributes: attributes.names.length,
        items: rowsWithAny(attributes),
        pairs: attributes.targets.length,
      },
    }),
    ...(userAttributes && {
      userAttributes: {
        attributes: userAttributes.names.length,
        users: rowsWithAny(userAttributes),
        pairs: userAttributes.targets.length,
      },
    }),
    ...(vectors && {
      vectors: Object.fromEntries(
        vectors.map(({ name, width, rows }) => [name, { items: rows.filter((row) => row >= 0).length, width }]),
      ),
    }),
    ...(friends && {
      friends: { pairs: friends.targets.length, users: rowsWithAny(friends), mutual: mutualPairs(friends) },
    }),
    ...(dislikes && { dislikes: pairsProfile(dislikes) }),
    ...(behaviours && {
      behaviours: Object.fromEntries(behaviours.map((behaviour) => [behaviour.name, pairsProfile(behaviour)])),
    }),
    ...(source && {
      source: {
        ...pairsProfile(source),
        common: rowsWithAny({ ...source, offsets: source.offsets.subarray(0, users + 1) }),
      },
    }),
    ...(knowledge && {
      knowledge: {
        facts: knowledge.heads.length,
        entities: knowledge.entities,
        relations: knowledge.relations,
        items: itemsWithFacts(knowledge, items),
      },
    }),
  };
}

const rowsWithAny = ({ offsets }: Relation): number =>
  offsets.reduce((rows, offset, row) => row > 0 && offset > offsets[row - 1]! ? rows + 1 : rows, 0);

const pairsProfile = (relation: Relation): PairsProfile => ({
  pairs: relation.targets.length,
  users: rowsWithAny(relation),
  items: distinct(relation.targets).length,
});

function itemsWithFacts({ heads, tails, entities }: KnowledgeGraph, items: number): number {
  const named = new Uint8Array(entities);
  for (const entity of heads) named[entity] = 1;
  for (const entity of tails) named[entity] = 1;
  return named.subarray(0, items).reduce((sum, one) => sum + one, 0);
}
