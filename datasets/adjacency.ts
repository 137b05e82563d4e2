import { counted } from "./counted.ts";
import type { Format } from "./format.ts";
import { InputError } from "./input_error.ts";
import { countLines } from "./source.ts";
import { countTokens } from "./tokens.ts";

const NEWLINE = 10, MINUS = 45, SPACE = 32;

/** Whether lines start with users that are all different: what tells adjacency from logs and from sequences. */
const distinctUsers = (lines: readonly string[]): boolean =>
  new Set(lines.map((line) => line.trimStart().split(/\s/, 1)[0])).size === lines.length;

/**
 * A line a user, `user item item ...`, parted by blanks: the splits of LightGCN, MixGCF and AHNS.
 *
 * @throws InputError where a line is blank, has no items, or has a negative id.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { adjacency } from "./adjacency.ts";
 * import { idTable } from "./id_table.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const { users, items } = adjacency.parse(
 *   { file: "train.txt", bytes: new TextEncoder().encode("0 10 11\n1 11\n") },
 *   ids,
 *   {},
 * );
 * assert.deepEqual([users, items], [Int32Array.of(0, 0, 1), Int32Array.of(0, 1, 1)]);
 * assert.deepEqual(ids.items.names(), ["10", "11"]);
 * ```
 */
export const adjacency: Format = {
  name: "adjacency",
  summary: "a line a user: `user item item ...`, parted by blanks",
  numbered: true,
  matches: (_file, lines) => lines.length > 0 && !lines[0]!.includes(",") && distinctUsers(lines),

  parse({ file, bytes }, ids, { allowEmptyUsers = false }) {
    const capacity = countTokens(bytes), lines = countLines(bytes) + 1;
    const users = new Int32Array(capacity), items = new Int32Array(capacity);
    let count = 0, at = 0, emptyUsers = 0, blank = 0;
    for (let line = 1; line <= lines; line++) {
      let user = -1, tokens = 0;
      while (at < bytes.length && bytes[at] !== NEWLINE) {
        if (bytes[at]! <= SPACE) {
          at++;
          continue;
        }
        if (blank > 0) throw new InputError("it is blank: a line is `user item item ...`", file, blank);
        const start = at;
        while (at < bytes.length && bytes[at]! > SPACE) at++;
        if (bytes[start] === MINUS && isDigits(bytes, start + 1, at)) {
          const found = new TextDecoder().decode(bytes.subarray(start, at));
          throw new InputError(`${tokens === 0 ? "user" : "item"} ${found} is negative: ids start from 0`, file, line);
        }
        if (tokens++ === 0) user = ids.users.add(bytes, start, at);
        else {
          users[count] = user;
          items[count++] = ids.items.add(bytes, start, at);
        }
      }
      at++;
      if (tokens === 1) {
        if (!allowEmptyUsers) {
          const problem =
            'its user has no items: a line is `user item item ...`; leave it out, or in code let it be by "allowEmptyUsers"';
          throw new InputError(problem, file, line);
        }
        emptyUsers++;
      }
      if (tokens === 0 && blank === 0) blank = line;
    }
    if (count === 0) throw new InputError("it has no interactions", file);
    const notes = emptyUsers > 0 ? [`${counted(emptyUsers, "line")} of a user and no items`] : [];
    return { users: users.slice(0, count), items: items.slice(0, count), notes };
  },
};

function isDigits(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let at = start; at < stop; at++) if (bytes[at]! < 48 || bytes[at]! > 57) return false;
  return stop > start;
}
