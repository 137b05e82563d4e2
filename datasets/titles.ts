import { columnsByName } from "./columns.ts";
import { type Dialect, eachRow, fieldText } from "./fields.ts";
import type { Source } from "./source.ts";

/**
 * Titles by item name, from a file whose header has an item column and one whose name contains "title", or "name".
 * Empty where there is no such column. Throws InputError where there is no item column.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { namedTitles } from "./titles.ts";
 *
 * const bytes = new TextEncoder().encode("item_id:token\tmovie_title:token_seq\n1\tToy Story\n");
 * const titles = namedTitles({ file: "ml.item", bytes }, { delimiter: "\t", quotes: false });
 * assert.equal(titles.get("1"), "Toy Story");
 * ```
 */
export function namedTitles(source: Source, dialect: Dialect): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  let item = -1, title = -1;
  eachRow(source, dialect, (row) => {
    if (item < 0) {
      const header = Array.from({ length: row.count }, (_, field) => fieldText(row, field).replace(/:\w+$/, ""));
      item = columnsByName([...header, "user"], {}, source.file).item; // it has no users
      title = titleField(header, item);
    } else if (title >= 0 && item < row.count && title < row.count) {
      const text = fieldText(row, title);
      if (text !== "") titles.set(fieldText(row, item), text);
    }
  });
  return titles;
}

/** Which field of a header holds titles, or -1: one whose name contains "title", else "name". */
export function titleField(header: readonly string[], item: number): number {
  const title = header.findIndex((cell) => /title/i.test(cell));
  return title >= 0 ? title : header.findIndex((cell, field) => field !== item && /name/i.test(cell));
}
