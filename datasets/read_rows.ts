import type { Format, ParseOptions } from "./format.ts";
import { InputError } from "./input_error.ts";
import { batched, joined, PIECE, readAll } from "./random_access.ts";
import type { IdTables, Rows } from "./rows.ts";
import { checkNoNul, countLines, firstBadByte, notUtf8, type Source, textSource } from "./source.ts";

/** No line is longer: a quote that never closes must not take a whole file into memory. */
const LONGEST_LINE = 2 ** 26;

/**
 * Reads a checked text file, in pieces where it is not whole and its format can.
 *
 * @throws InputError naming file and line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { delimited } from "./delimited.ts";
 * import { idTable } from "./id_table.ts";
 * import { readRows } from "./read_rows.ts";
 *
 * const text = (part: string) => new TextEncoder().encode(part);
 * async function* rest() {
 *   yield text("n,heat\nbo");
 *   yield text("b,alien\n");
 * }
 * const ids = { users: idTable(), items: idTable() };
 * const { users } = await readRows(delimited, { file: "log.csv", bytes: text("user,item\nan"), rest: rest() }, ids, {});
 * assert.deepEqual([users, ids.users.names()], [Int32Array.of(0, 1), ["ann", "bob"]]);
 * ```
 */
export async function readRows(format: Format, source: Source, ids: IdTables, options: ParseOptions): Promise<Rows> {
  const { file, rest } = source;
  if (!rest) return format.parse(source, ids, options);
  if (!format.open) return format.parse(textSource({ file, bytes: await readAll(whole(source)) }), ids, options);
  const scan = format.open(source, ids, options);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let held = source.bytes, line = 1;
  const take = (more: boolean) => {
    const stop = scan.take({ file, bytes: held, line, more });
    held = held.subarray(stop.at);
    line = stop.line;
  };
  const check = (piece?: Uint8Array) => {
    try {
      if (piece) decoder.decode(piece, { stream: true });
      else decoder.decode();
    } catch {
      const bad = firstBadByte(held) ?? 0;
      throw notUtf8(held[bad]!, file, line + countLines(held.subarray(0, bad)));
    }
  };
  take(true);
  // the longer a line is, the more is read before it is looked at again: the time stays linear
  for await (const piece of batched(rest, () => Math.max(PIECE, held.length))) {
    held = joined([held, piece]);
    check(piece);
    if (piece.includes(0)) checkNoNul(held, file, line);
    take(true);
    if (held.length > LONGEST_LINE) {
      throw new InputError(
        `it is longer than ${LONGEST_LINE} bytes, or a quote opens here and never closes`,
        file,
        line,
      );
    }
  }
  check();
  take(false);
  return scan.end();
}

async function* whole({ bytes, rest }: Source): AsyncGenerator<Uint8Array> {
  yield bytes;
  yield* rest!;
}
