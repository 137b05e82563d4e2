import type { ColumnChoice } from "../datasets/format.ts";
import type { MetadataFiles, MetadataOptions } from "../datasets/with_metadata.ts";
import { text, type Values } from "../options/option.ts";

/** Where side information comes from: all ids in these files are the original ids of the log. */
export const metadataOptions = {
  friends: text(null, "file of who trusts or follows whom: `user friend [weight]`"),
  attributes: text(null, "file of items' attributes: `item attribute ...`, or with a header that names such columns"),
  attributeColumns: text(null, "names or numbers (from 1) of its columns of attributes, parted by commas"),
  dislikes: text(null, "file of items that users do not like: `user item [weight]`"),
  behaviours: text(null, "files of weaker behaviours, the strongest first: `carts=carts.tsv,views=views.tsv`"),
  kg: text(null, "file of a knowledge graph: `head relation tail`"),
  links: text(null, "file of which entity of the graph an item is: `item entity`; without it, that of the item's name"),
} as const;

/** The files and columns that options name. @throws TypeError where behaviours are not `name=file`. */
export function metadataFiles(
  { friends, attributes, attributeColumns, dislikes, behaviours, kg, links }: Values<typeof metadataOptions>,
): MetadataOptions & { readonly metadata: MetadataFiles<string> } {
  return {
    metadata: {
      ...friends !== null && { friends },
      ...attributes !== null && { attributes },
      ...dislikes !== null && { dislikes },
      ...behaviours !== null && { behaviours: behaviours.split(",").map(namedFile) },
      ...kg !== null && { knowledge: kg },
      ...links !== null && { links },
    },
    ...attributeColumns !== null && {
      attributeColumns: attributeColumns.split(",").map((choice) => columnChoice(choice.trim())),
    },
  };
}

/** A column's number, where it is one, or its name. */
export const columnChoice = (given: string): ColumnChoice => /^[0-9]+$/.test(given) ? Number(given) : given;

function namedFile(behaviour: string, at: number, all: readonly string[]): readonly [name: string, file: string] {
  const [, name, file] = /^\s*([A-Za-z][\w-]*)=(.+?)\s*$/.exec(behaviour) ?? [];
  if (name === undefined || file === undefined) {
    throw new TypeError(
      `Cannot read behaviours: expected name=file, parted by commas (a name starts with a letter), found "${behaviour}"`,
    );
  }
  if (all.findIndex((other) => other.trim().startsWith(`${name}=`)) < at) {
    throw new TypeError(`Cannot read behaviours: "${name}" is named twice`);
  }
  return [name, file];
}
