import { columnsByName, readNotes } from "./columns.ts";
import { type Format, inPieces } from "./format.ts";
import { rowScan } from "./row_scan.ts";
import { sampleLines, textSource } from "./source.ts";
import { namedTitles } from "./titles.ts";

const TAB = { delimiter: "\t", quotes: false } as const;

/**
 * RecBole's atomic files (Zhao et al., CIKM 2021): tab-separated, with a typed header `user_id:token`. Titles are in
 * the `.item` file beside the `.inter`, in the field whose name contains "title" or "name".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { atomic } from "./atomic.ts";
 * import { idTable } from "./id_table.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const bytes = new TextEncoder().encode("user_id:token\titem_id:token\ttimestamp:float\n196\t242\t881250949\n");
 * assert.deepEqual(atomic.parse({ file: "ml.inter", bytes }, ids, {}).times, Float64Array.of(881250949));
 * ```
 */
export const atomic: Format = {
  name: "atomic",
  summary: "RecBole's .inter: tab-separated with a typed header, `user_id:token`; titles from .item",
  numbered: false,
  matches: (file, lines) => /\.inter(\.gz)?$/i.test(file) || /^[^\t]+:(token|float)\t/.test(lines[0] ?? ""),
  ...inPieces((head, ids, { columns = {} }) => {
    const header = (sampleLines(head)[0] ?? "").split("\t").map((cell) => cell.trim().replace(/:\w+$/, ""));
    const fields = columnsByName(header, columns, head.file);
    return rowScan(head.file, { ...TAB, width: header.length, fields, skip: 1 }, ids, readNotes(header, fields));
  }),
  titles: {
    find(file, beside) {
      const stem = file.replace(/(\.(train|valid|test))?\.inter(\.gz)?$/i, "");
      return beside.find((name) => name === `${stem}.item` || name === `${stem}.item.gz`);
    },
    parse: (source) => namedTitles(textSource(source), TAB),
  },
};
