import { adjacency } from "./adjacency.ts";
import { atomic } from "./atomic.ts";
import { delimited } from "./delimited.ts";
import type { Format } from "./format.ts";
import { jsonLines } from "./json_lines.ts";
import { InputError } from "./input_error.ts";
import { movielens } from "./movielens.ts";
import { sequenceLines } from "./sequence_lines.ts";
import { sampleLines, type Source } from "./source.ts";

/**
 * Every format, in the order in which detection asks them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formats } from "./formats.ts";
 *
 * const found = (file: string, ...lines: string[]) => formats.find((format) => format.matches(file, lines))?.name;
 * assert.equal(found("log.inter", "user_id:token\titem_id:token", "7\t12"), "atomic");
 * assert.equal(found("log.jsonl", '{"user": "ann", "item": "tea"}'), "jsonl");
 * ```
 */
export const formats: readonly Format[] = [atomic, movielens, jsonLines, sequenceLines, delimited, adjacency];

/**
 * The format of a checked file: the one so named, else the first that the file looks like.
 *
 * @throws RangeError where no format has that name; InputError where the file looks like none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatOf } from "./formats.ts";
 *
 * const source = { file: "train.txt", bytes: new TextEncoder().encode("0 4 5 6\n1 4\n") };
 * assert.equal(formatOf(source).name, "adjacency");
 * assert.throws(() => formatOf(source, "xml"), /"xml".*"atomic", "movielens", "jsonl", "sequences", "delimited", "adjacency"/);
 * ```
 */
export function formatOf(source: Source, name?: string): Format {
  if (name !== undefined) {
    const named = formats.find((format) => format.name === name);
    if (named) return named;
    const known = formats.map((format) => `"${format.name}"`).join(", ");
    throw new RangeError(`Cannot read a file as "${name}": formats are ${known}`);
  }
  const lines = sampleLines(source), file = source.file.replace(/^.*[/\\]/, "");
  const found = formats.find((format) => format.matches(file, lines));
  if (found) return found;
  throw new InputError(
    "its format is not known: rows differ in width, yet several begin with the same id. If lines are sequences " +
      '`item item ...`, give the format "sequences"; if they are `user item item ...`, "adjacency"',
    source.file,
  );
}
