import { eachRow, fieldText } from "./fields.ts";
import { type Format, inPieces } from "./format.ts";
import { rowScan } from "./row_scan.ts";
import { latin1Source, sampleLines } from "./source.ts";

/** Where MovieLens keeps titles, and what parts the id from the title there. */
const TITLE_FILES: Readonly<Record<string, string>> = { "u.item": "|", "movies.dat": "::" };

/**
 * MovieLens as released (Harper & Konstan, TiiS 2015): `u.data` (100K; tabs) and `ratings.dat` (1M and 10M; "::"), each
 * row user, item, rating, seconds since 1970. Titles come from `u.item` or `movies.dat` beside it, UTF-8 or Latin-1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { movielens } from "./movielens.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const bytes = new TextEncoder().encode("1::1193::5::978300760\n");
 * const { ratings, times } = movielens.parse({ file: "ratings.dat", bytes }, ids, {});
 * assert.deepEqual([ratings, times], [Float32Array.of(5), Float64Array.of(978300760)]);
 * ```
 */
export const movielens: Format = {
  name: "movielens",
  summary: "MovieLens as released: u.data or ratings.dat, titles from u.item or movies.dat",
  numbered: false,
  matches: (file) => /^(u\.data|u[1-5ab]\.(base|test)|ratings\.dat)(\.gz)?$/i.test(file),
  ...inPieces((head, ids) => {
    const delimiter = sampleLines(head)[0]?.includes("::") ? "::" : "\t";
    const fields = { user: 0, item: 1, rating: 2, time: 3 };
    return rowScan(
      head.file,
      { delimiter, quotes: false, width: 4, row: "user item rating time", skip: 0, fields },
      ids,
    );
  }),
  titles: {
    find: (file, beside) => beside.find((name) => name === (/^u/i.test(file) ? "u.item" : "movies.dat")),
    parse(source) {
      const titles = new Map<string, string>(), name = source.file.replace(/^.*[/\\]/, "");
      eachRow(latin1Source(source), { delimiter: TITLE_FILES[name] ?? "|", quotes: false }, (row) => {
        if (row.count > 1) titles.set(fieldText(row, 0), fieldText(row, 1));
      });
      return titles;
    },
  },
};
