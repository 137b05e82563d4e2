import type { ColumnChoice } from "../datasets/format.ts";
import type { MetadataFiles, MetadataOptions } from "../datasets/with_metadata.ts";
import { text, type Values } from "../options/option.ts";

/** Where side information comes from: all ids in these files are the original ids of the log. */
export const metadataOptions = {
  friends: text(null, "file of who trusts or follows whom: `user friend [weight]`"),
  attributes: text(null, "file of items' attributes: `item attribute ...`, or with a header that names such columns"),
  attributeColumns: text(null, "names or numbers (from 1) of its columns of attributes, parted by commas"),
  userAttributes: text(
    null,
    "file of users' attributes: `user attribute ...`, or with a header that names such columns",
  ),
  userAttributeColumns: text(null, "names or numbers (from 1) of its columns of attributes, parted by commas"),
  itemVectors: text(
    null,
    "files of items' vectors, `item x1 x2 ...`, by modality: `text=text.tsv,image=image.npy` (ids in image.ids.txt)",
  ),
  dislikes: text(null, "file of items that users do not like: `user item [weight]`"),
  behaviours: text(null, "files of weaker behaviours, the strongest first: `carts=carts.tsv,views=views.tsv`"),
  sourceDomain: text(null, "file of interactions of the same users in another domain, in any format of a log"),
  kg: text(null, "file of a knowledge graph: `head relation tail`"),
  links: text(null, "file of which entity of the graph an item is: `item entity`; without it, that of the item's name"),
} as const;

/** The files and columns that options name. @throws TypeError where behaviours or vectors are not `name=file`. */
export function metadataFiles(
  values: Values<typeof metadataOptions>,
): MetadataOptions & { readonly metadata: MetadataFiles<string> } {
  const { friends, attributes, userAttributes, itemVectors, dislikes, behaviours, sourceDomain, kg, links } = values;
  const { attributeColumns, userAttributeColumns } = values;
  return {
    metadata: {
      ...friends !== null && { friends },
      ...attributes !== null && { attributes },
      ...userAttributes !== null && { userAttributes },
      ...itemVectors !== null && { vectors: namedFiles("item vectors", itemVectors) },
      ...dislikes !== null && { dislikes },
      ...behaviours !== null && { behaviours: namedFiles("behaviours", behaviours) },
      ...sourceDomain !== null && { source: sourceDomain },
      ...kg !== null && { knowledge: kg },
      ...links !== null && { links },
    },
    ...attributeColumns !== null && { attributeColumns: columnChoices(attributeColumns) },
    ...userAttributeColumns !== null && { userAttributeColumns: columnChoices(userAttributeColumns) },
  };
}

/** A column's number, where it is one, or its name. */
export const columnChoice = (given: string): ColumnChoice => /^[0-9]+$/.test(given) ? Number(given) : given;

const columnChoices = (given: string) => given.split(",").map((choice) => columnChoice(choice.trim()));

function namedFiles(what: string, given: string): readonly (readonly [name: string, file: string])[] {
  const names = new Set<string>();
  return given.split(",").map((one) => {
    const [, name, file] = /^\s*([A-Za-z][\w-]*)=(.+?)\s*$/.exec(one) ?? [];
    if (name === undefined || file === undefined) {
      throw new TypeError(
        `Cannot read ${what}: expected name=file, parted by commas (a name starts with a letter), found "${one}"`,
      );
    }
    if (names.has(name)) throw new TypeError(`Cannot read ${what}: "${name}" is named twice`);
    names.add(name);
    return [name, file];
  });
}
