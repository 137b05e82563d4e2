import { readAttributes } from "./attributes.ts";
import { readBehaviour } from "./behaviour.ts";
import type { Dataset } from "./dataset.ts";
import type { ColumnChoice } from "./format.ts";
import { readFriends } from "./friends.ts";
import { InputError } from "./input_error.ts";
import { readItemVectors } from "./item_vectors.ts";
import { readKnowledge } from "./knowledge.ts";
import type { Behaviour, Metadata } from "./metadata.ts";
import { latin1Source, type Source, textSource } from "./source.ts";
import { readSourceDomain } from "./source_domain.ts";

/** Files of side information: as paths, or as bytes. Their ids are the original ids of the log. */
export interface MetadataFiles<F> {
  /** A row a pair: `user friend [weight]`. */
  readonly friends?: F;
  /** `item attribute ...`, or a file with an item column and columns of attributes. */
  readonly attributes?: F;
  /** `user attribute ...`, or a file with a user column and columns of attributes. */
  readonly userAttributes?: F;
  /** Vectors of items by modality: `item x1 x2 ...`, or NumPy's matrix and a file of items, a line for each of its rows. */
  readonly vectors?: readonly (readonly [name: string, file: F, items?: F])[];
  /** `user item [weight]`. Takes the place of dislikes that ratings make. */
  readonly dislikes?: F;
  /** Weaker behaviours by name, the strongest first: `user item [weight]`. */
  readonly behaviours?: readonly (readonly [name: string, file: F])[];
  /** Who met what in another domain: users of the same name are the same, items are its own. */
  readonly source?: F;
  /** A row a fact: `head relation tail`. */
  readonly knowledge?: F;
  /** A row a link: `item entity`. Without it, an entity is the item of the same name. */
  readonly links?: F;
}

/** What is read of these files. */
export interface MetadataOptions {
  /** Default: `token_seq` columns but the title, or columns with usual names ("genres", "category", "brand"). */
  readonly attributeColumns?: readonly ColumnChoice[];
  readonly userAttributeColumns?: readonly ColumnChoice[];
}

/**
 * The dataset with side information out of these files. What concerns users and items that the dataset has not is left
 * out and counted in notes.
 *
 * @throws InputError naming file and line; also where nothing in a file concerns the dataset. TypeError where columns are
 * chosen of attributes that there are none of.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDataset } from "./parse.ts";
 * import { withMetadata } from "./with_metadata.ts";
 *
 * const source = (file: string, text: string) => ({ file, bytes: new TextEncoder().encode(text) });
 * const log = await parseDataset("tiny", { train: source("log.csv", "user,item\nann,alien\nbob,heat\n") });
 * const { metadata } = withMetadata(log, { attributes: source("genres.csv", "alien,horror,space\n") });
 * assert.deepEqual(metadata?.attributes?.names, ["horror", "space"]);
 * assert.deepEqual(metadata?.attributes?.offsets, Int32Array.of(0, 2, 2));
 * ```
 */
export function withMetadata(
  dataset: Dataset,
  files: MetadataFiles<Source>,
  { attributeColumns, userAttributeColumns }: MetadataOptions = {},
): Dataset {
  const { userIds, itemIds } = dataset, notes: string[] = [];
  const noted = <T extends { readonly notes: readonly string[] }>(read: T): T => {
    notes.push(...read.notes);
    return read;
  };
  if (files.links && !files.knowledge) {
    throw new InputError("links need a knowledge graph to link to", files.links.file);
  }
  checkChosen("items'", attributeColumns, files.attributes);
  checkChosen("users'", userAttributeColumns, files.userAttributes);
  const behaviour = (name: string, source: Source) => noted(readBehaviour(name, textSource(source), dataset)).entries;
  const found: Metadata = {
    // item files hold titles, too, which MovieLens writes in Latin-1
    ...(files.attributes && {
      attributes: noted(readAttributes(latin1Source(files.attributes), itemIds, attributeColumns)).attributes,
    }),
    ...(files.userAttributes && {
      userAttributes:
        noted(readAttributes(latin1Source(files.userAttributes), userIds, userAttributeColumns, "user")).attributes,
    }),
    ...(files.vectors && files.vectors.length > 0 && {
      vectors: files.vectors.map(([name, source, items]) =>
        noted(readItemVectors(name, source, itemIds, items)).vectors
      ),
    }),
    ...(files.friends && { friends: noted(readFriends(textSource(files.friends), userIds)).friends }),
    ...(files.dislikes && { dislikes: behaviour("dislikes", files.dislikes) }),
    ...(files.behaviours && files.behaviours.length > 0 && {
      behaviours: files.behaviours.map(([name, source]): Behaviour => ({ name, ...behaviour(name, source) })),
    }),
    ...(files.source && { source: noted(readSourceDomain(textSource(files.source), userIds)).domain }),
    ...(files.knowledge && {
      knowledge: noted(
        readKnowledge(textSource(files.knowledge), files.links && textSource(files.links), itemIds),
      ).knowledge,
    }),
  };
  if (Object.keys(found).length === 0) return dataset;
  if (files.dislikes && dataset.metadata?.dislikes) notes.push("dislikes: the file's take the place of low ratings");
  return { ...dataset, metadata: { ...dataset.metadata, ...found }, notes: [...dataset.notes, ...notes] };
}

/** @throws TypeError where columns are chosen of a file that there is not. */
function checkChosen(whose: string, columns: readonly ColumnChoice[] = [], file: Source | undefined): void {
  if (columns.length === 0 || file) return;
  throw new TypeError(
    `Cannot choose columns of ${whose} attributes, found ${
      columns.join(", ")
    }: no file of them is given, or lies beside the log`,
  );
}
