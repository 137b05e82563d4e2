import type { Block } from "./arena.ts";
import { WasmCode, wasmFunction } from "./wasm_code.ts";

/** Bytes that memory hands to the processor at a time. */
const LINE = 64;
/** Rows that are fetched before they are used: a few hundred bytes each, they stay in the second cache until then. */
const TOGETHER = 128;
/** Elements of a table, 16 MiB of them, below which it is taken to lie in the last cache: fetching would only cost. */
const NEAR = 2 ** 22;
const BYTES = 4;

/** Rows of a table whose int32 numbers are at address `ids`: one for each thing that is done, or `each`. */
export interface RowsFrom {
  readonly ids: number;
  readonly table: Block;
  readonly each?: number;
}

/**
 * Calls `use` for stretches of `count` things, whose rows, `width` float32, were fetched into the processor's caches before:
 * rows of tables larger than caches are then waited for together, and not one after the other. Nothing changes but time.
 */
export type FetchRows = (
  count: number,
  from: readonly RowsFrom[],
  width: number,
  use: (first: number, count: number) => void,
) => void;

/** Compiles what fetches. */
export function fetchRows(memory: WebAssembly.Memory): FetchRows {
  const touch = wasmFunction(touchCode(), memory);
  return (count, from, width, use) => {
    const far = from.filter(({ table }) => table.length > NEAR);
    const rows = far.reduce((most, { each = 1 }) => Math.max(most, each), 0);
    const together = rows > 0 ? Math.max(1, Math.floor(TOGETHER / rows)) : count;
    for (let first = 0; first < count; first += together) {
      const some = Math.min(together, count - first);
      for (const { ids, table, each = 1 } of far) {
        touch(some * each, ids + first * each * BYTES, table.byteOffset, width * BYTES);
      }
      use(first, some);
    }
  };
}

/** Reads one element of each line of the rows. Their sum is returned: what is read for nothing may be left out. */
function touchCode(): WasmCode {
  const code = new WasmCode(["i32", "i32", "i32", "i32"], ["i32"]), COUNT = 0, IDS = 1, TABLE = 2, WIDTH = 3;
  const idsEnd = code.local("i32"), row = code.local("i32"), end = code.local("i32"), sum = code.local("i32");
  code.get(IDS).get(COUNT).i32(BYTES).op("i32.mul").op("i32.add").set(idsEnd);
  code.loopUpTo(IDS, idsEnd, () => {
    code.get(TABLE).get(IDS).op("i32.load").get(WIDTH).op("i32.mul").op("i32.add").set(row);
    code.get(row).get(WIDTH).op("i32.add").set(end);
    code.loopUpTo(row, end, () => {
      code.get(row).op("i32.load").get(sum).op("i32.add").set(sum);
      code.advance(row, LINE);
    });
    code.advance(IDS, BYTES);
  });
  return code.get(sum);
}
