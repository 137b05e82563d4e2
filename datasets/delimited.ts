import { columnsByName, columnsByPosition, isColumnName, namesBoth, quoted, readNotes } from "./columns.ts";
import { type Dialect, eachRow, fieldText } from "./fields.ts";
import { type Format, inPieces } from "./format.ts";
import { InputError } from "./input_error.ts";
import { rowScan } from "./row_scan.ts";
import { sampleLines, type Source, textSource } from "./source.ts";
import { namedTitles } from "./titles.ts";

/** Tried in this order. */
const DELIMITERS = ["\t", "::", ",", ";", "|", " "] as const;
/** Rows that detection looks at. */
const SAMPLE_ROWS = 64;
/** Seconds since 1970 are above this since March 1973; no rating is. */
const LEAST_TIME = 1e8;

const isNumber = (cell: string | undefined): boolean =>
  cell !== undefined && cell !== "" && Number.isFinite(Number(cell));

/**
 * CSV, TSV and their like: one interaction a row, with or without a header, quoted or not (RFC 4180).
 *
 * @throws InputError where columns are missing, a row is short, or a rating or time is not a number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { delimited } from "./delimited.ts";
 * import { idTable } from "./id_table.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const bytes = new TextEncoder().encode('userId,movieId,rating\n7,"Alien, 1979",5\n');
 * const rows = delimited.parse({ file: "ratings.csv", bytes }, ids, {});
 * assert.deepEqual([ids.items.names(), rows.ratings], [["Alien, 1979"], Float32Array.of(5)]);
 * ```
 */
export const delimited: Format = {
  name: "delimited",
  summary: "CSV, TSV and the like: an interaction a row, with or without a header",
  numbered: false,
  matches(file, lines) {
    if (/\.(csv|tsv)(\.gz)?$/i.test(file)) return true;
    const [first] = lines;
    if (first === undefined) return false;
    const delimiter = likeliestDelimiter(first, file);
    const widths = new Set(lines.map((line) => line.trim().split(delimiter === " " ? /\s+/ : delimiter).length));
    const [width] = widths;
    // rows of one width: but blanks also part adjacency, whose users come once
    if (delimiter !== " ") return delimiter !== "\t" || widths.size === 1 && width! > 1;
    const users = new Set(lines.map((line) => line.trim().split(/\s+/, 1)[0]));
    return widths.size === 1 && width! >= 2 && width! <= 4 &&
      (users.size < lines.length || isColumnName(first.split(/\s/)[0]!));
  },

  ...inPieces((source, ids, { delimiter, header, columns = {} }) => {
    const [firstLine] = sampleLines(source);
    if (delimiter !== undefined && !/^[\t !#-~]{1,2}$/.test(delimiter)) {
      throw new InputError(
        `it cannot be parted by "${delimiter}": a delimiter is one or two ASCII characters`,
        source.file,
      );
    }
    const dialect = { delimiter: delimiter ?? likeliestDelimiter(firstLine ?? "", source.file), quotes: true };
    const sample = sampleRows(source, dialect);
    const [first = [], second] = sample;
    const named = Object.values(columns).some((choice) => typeof choice === "string" && !/^\d+$/.test(choice));
    // a row with a number in it is data, unless it names both; else a header has a known name, or the next row is unlike it
    const headed = header ??
      (named || namesBoth(first) || !first.some(isNumber) && (first.some(isColumnName) || !!second?.some(isNumber)));
    const thirdIsTime = sample.every((row) => Number(row[2]) >= LEAST_TIME);
    if (first.length < 2) {
      throw new InputError(
        `it has one column where a user and an item are read (parted by ${JSON.stringify(dialect.delimiter)})`,
        source.file,
        1,
      );
    }
    const fields = headed
      ? columnsByName(first, columns, source.file)
      : columnsByPosition(first.length, columns, thirdIsTime, source.file);
    const used = Object.entries(fields).filter(([, field]) => field !== undefined);
    const notes = headed ? readNotes(first, fields) : [
      `no header: columns read are ${used.map(([role, at]) => `${role} ${at! + 1}`).join(", ")}; ` +
      `the first row is ${quoted(used.map(([, at]) => first[at!]!))}`,
    ];
    // blanks may be several at the end of a row
    const width = dialect.delimiter === " " ? {} : { width: first.length };
    return rowScan(source.file, { ...dialect, ...width, fields, skip: headed ? 1 : 0 }, ids, notes);
  }),

  titles: {
    find: (file, beside) =>
      /ratings/i.test(file) ? beside.find((name) => /^movies\.csv(\.gz)?$/i.test(name)) : undefined,
    parse: (found) => namedTitles(textSource(found), { delimiter: ",", quotes: true }),
  },
};

/** The first of the usual delimiters that a line has; of a file that says of itself that commas part it, that. */
export const likeliestDelimiter = (line: string, file: string): string => {
  const has = (delimiter: string) => line.trim().includes(delimiter);
  return /\.csv(\.gz)?$/i.test(file) && has(",") && !has("\t") ? "," : DELIMITERS.find(has) ?? " ";
};

/** Cells of the first rows. */
function sampleRows(source: Source, dialect: Dialect): readonly string[][] {
  const sample: string[][] = [];
  eachRow({ ...source, more: source.rest !== undefined }, dialect, (row) => {
    sample.push(Array.from({ length: row.count }, (_, field) => fieldText(row, field)));
    return sample.length === SAMPLE_ROWS ? false : undefined;
  });
  return sample;
}
