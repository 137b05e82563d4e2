import { distinct } from "./distinct.ts";
import { type AttributeColumn, attributeColumns } from "./attribute_columns.ts";
import { baseName } from "./base_name.ts";
import { quoted } from "./columns.ts";
import { counted } from "./counted.ts";
import { eachRow, type Fields } from "./fields.ts";
import type { ColumnChoice } from "./format.ts";
import { idTable } from "./id_table.ts";
import type { Ids } from "./ids.ts";
import { InputError } from "./input_error.ts";
import { knownIds } from "./known_ids.ts";
import type { Attributes } from "./metadata.ts";
import { relation } from "./relation.ts";
import type { Source } from "./source.ts";
import { fieldsOf, tableOf } from "./table.ts";

const SPACE = 32;

/** Whose attributes a file holds: what notes call them, and the option that chooses its columns. */
const kinds = {
  item: { what: "attributes", option: "--attribute-columns" },
  user: { what: "user attributes", option: "--user-attribute-columns" },
} as const;

/**
 * Reads attributes of items, or of users: `item attribute attribute ...`, or a file whose header names an item column and columns of
 * attributes. By default those are RecBole's `token_seq` columns but the title, or those with a usual name ("genres",
 * "category", "brand"). The attributes of one field are parted by blanks in a `token_seq`, else by "|". Where several
 * columns are read, a name is `column:attribute`. Items that the ids do not know are left out and counted.
 *
 * @param whose ids these are.
 *
 * @throws InputError naming file and line; also where there is no such column or no item is known.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readAttributes } from "./attributes.ts";
 * import { namedIds } from "./ids.ts";
 *
 * const bytes = new TextEncoder().encode("movieId,title,genres\n7,Heat,Crime|Action\n8,Alien,Horror\n9,Saw,Crime\n");
 * const { attributes, notes } = readAttributes({ file: "movies.csv", bytes }, namedIds(["9", "7"]));
 * assert.deepEqual(attributes.names, ["Crime", "Action"]);
 * assert.deepEqual([attributes.offsets, attributes.targets], [Int32Array.of(0, 1, 3), Int32Array.of(0, 0, 1)]);
 * assert.deepEqual(notes, [
 *   'attributes: 2 of "movies.csv", on 2 of 2 items',
 *   "attributes: left out 1 item that the log has not",
 * ]);
 * ```
 */
export function readAttributes(
  source: Source,
  ids: Ids,
  choices: readonly ColumnChoice[] = [],
  whose: keyof typeof kinds = "item",
): { readonly attributes: Attributes; readonly notes: readonly string[] } {
  const { file } = source, rowCount = ids.names.length, known = knownIds(ids), attributes = idTable();
  const { what, option } = kinds[whose];
  const table = tableOf(source, [whose]), owner = fieldsOf(table, [whose], file)[whose];
  const columns = attributeColumns(table, owner, choices, file);
  if (columns?.length === 0) {
    const found = quoted(table.header!.map(({ name }) => name));
    throw new InputError(`no attribute column among ${found}; say which (${option})`, file, 1);
  }
  const needed = columns ? Math.max(owner, ...columns.map(({ field }) => field)) + 1 : 2;
  const rows: number[] = [], targets: number[] = [];
  let skip = table.header ? 1 : 0, met = false;
  eachRow(source, table.dialect, (row) => {
    if (skip > 0) {
      skip--;
      return;
    }
    if (row.count < needed) {
      throw new InputError(`it has ${row.count} columns where ${needed} are read`, file, row.line);
    }
    const start = row.starts[owner]!, stop = row.stops[owner]!;
    if (start === stop) throw new InputError(`its ${whose} (column ${owner + 1}) is empty`, file, row.line);
    const id = known.add(row.buffers[owner]!, start, stop);
    if (id >= rowCount) return;
    met = true;
    for (const column of columns ?? bare(row.count)) {
      eachPart(row, column, (bytes, from, to) => {
        rows.push(id);
        targets.push(attributes.add(bytes, from, to));
      });
    }
  });
  if (rows.length === 0) {
    throw new InputError(
      met
        ? `none of the log's ${whose}s has an attribute`
        : `none of its ${whose}s is one of the log: ids are the log's own`,
      file,
    );
  }
  const entries = { rows: Int32Array.from(rows), targets: Int32Array.from(targets) };
  const unknown = known.size - rowCount, covered = distinct(entries.rows).length;
  return {
    attributes: {
      ...relation({ ...entries, rowCount, targetCount: attributes.size }),
      names: attributes.names(),
    },
    notes: [
      `${what}: ${attributes.size} of "${baseName(file)}", on ${covered} of ${counted(rowCount, whose)}`,
      ...(unknown > 0 ? [`${what}: left out ${counted(unknown, whose)} that the log has not`] : []),
    ],
  };
}

/** Whether a checked file has columns of attributes without being told which. */
export function hasAttributes(source: Source, whose: keyof typeof kinds = "item"): boolean {
  const table = tableOf(source, [whose]);
  return attributeColumns(table, fieldsOf(table, [whose], source.file)[whose], [], source.file)?.length !== 0;
}

/** The columns of a row without a header: all but the first. */
const bare = (count: number): readonly AttributeColumn[] =>
  Array.from({ length: count - 1 }, (_, at) => ({ field: at + 1, separator: "|".charCodeAt(0), prefix: "" }));

/** Visits the attributes of a field, without the blanks around them. */
function eachPart(
  row: Fields,
  { field, separator, prefix }: AttributeColumn,
  visit: (bytes: Uint8Array, start: number, stop: number) => void,
): void {
  const bytes = row.buffers[field]!, end = row.stops[field]!;
  for (let start = row.starts[field]!, stop = start; start < end; start = stop + 1) {
    for (stop = start; stop < end && bytes[stop] !== separator;) stop++;
    let first = start, last = stop;
    while (first < last && bytes[first]! <= SPACE) first++;
    while (last > first && bytes[last - 1]! <= SPACE) last--;
    if (first === last) continue;
    if (prefix === "") visit(bytes, first, last);
    else {
      const named = new TextEncoder().encode(prefix + new TextDecoder().decode(bytes.subarray(first, last)));
      visit(named, 0, named.length);
    }
  }
}
