import type { Format } from "./format.ts";
import { InputError } from "./input_error.ts";
import { countLines } from "./source.ts";
import { countTokens } from "./tokens.ts";

const NEWLINE = 10, SPACE = 32;
/** Names of such files, as PreferDiff (Liu et al., ICLR 2025) releases them; whatever else parts columns is no blank. */
const NAMES = /^(train|valid|test)_data\.txt(\.gz)?$/, OTHER_DELIMITER = /[,;|\t]|::/;

/**
 * A line a sequence: the items that one user met, oldest first, parted by blanks. The user has no name but the line's
 * number, from 1; the lines of the next part are counted on, being other users.
 *
 * @throws InputError where a line is blank.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { idTable } from "./id_table.ts";
 * import { sequenceLines } from "./sequence_lines.ts";
 *
 * const ids = { users: idTable(), items: idTable() };
 * const source = { file: "data.txt", bytes: new TextEncoder().encode("7 9 8\n9 7\n") };
 * const { users, items, inOrder } = sequenceLines.parse(source, ids, {});
 * assert.deepEqual([users, items, inOrder], [Int32Array.of(0, 0, 0, 1, 1), Int32Array.of(0, 1, 2, 1, 0), true]);
 * assert.deepEqual([ids.users.names(), ids.items.names()], [["1", "2"], ["7", "9", "8"]]);
 * ```
 */
export const sequenceLines: Format = {
  name: "sequences",
  summary: "a line a sequence of items, oldest first, without the user: `item item ...`, parted by blanks",
  numbered: false,
  usersOfTheirOwn: true,
  matches: (file, lines) => NAMES.test(file) && !lines.some((line) => OTHER_DELIMITER.test(line)),

  parse({ file, bytes }, ids) {
    const capacity = countTokens(bytes), lines = countLines(bytes) + 1;
    const users = new Int32Array(capacity), items = new Int32Array(capacity);
    let count = 0, at = 0, blank = 0;
    for (let line = 1; line <= lines; line++) {
      let user = -1;
      while (at < bytes.length && bytes[at] !== NEWLINE) {
        if (bytes[at]! <= SPACE) {
          at++;
          continue;
        }
        if (blank > 0) throw new InputError("it is blank: a line is `item item ...`", file, blank);
        const start = at;
        while (at < bytes.length && bytes[at]! > SPACE) at++;
        if (user < 0) {
          const name = new TextEncoder().encode(String(ids.users.size + 1));
          user = ids.users.add(name, 0, name.length);
        }
        users[count] = user;
        items[count++] = ids.items.add(bytes, start, at);
      }
      at++;
      if (user < 0 && blank === 0) blank = line;
    }
    if (count === 0) throw new InputError("it has no interactions", file);
    return { users, items, inOrder: true, notes: [] };
  },
};
