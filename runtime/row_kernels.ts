import { scalarLane, vectorLane, WasmCode, wasmModule } from "./wasm_code.ts";

/**
 * Row operations over shared memory, at byte addresses: `ids` are int32 row numbers, rows are `width` bytes long, and a
 * table's row `id` is at `table + id width`.
 */
export interface RowKernels {
  /** table[ids[i]] += rows[i], one after another: ids may repeat. */
  add(count: number, ids: number, rows: number, table: number, width: number): void;
  /** out[i] = table[ids[i]] */
  gather(count: number, ids: number, out: number, table: number, width: number): void;
  /** table[ids[i]] = 0 */
  clear(count: number, ids: number, table: number, width: number): void;
}

const INT_BYTES = 4;

/** Compiles the row operations for a memory. Tests hold them to plain TypeScript. */
export function rowKernels(memory: WebAssembly.Memory): RowKernels {
  const instantiate = (code: WasmCode) =>
    new WebAssembly.Instance(new WebAssembly.Module(wasmModule(code)), { foil: { memory } }).exports.run;
  return {
    add: instantiate(addCode()) as RowKernels["add"],
    gather: instantiate(gatherCode()) as RowKernels["gather"],
    clear: instantiate(clearCode()) as RowKernels["clear"],
  };
}

/** A function over rows: `body` gets the address of the table's row in a local. */
function overRows(
  parameters: number,
  table: number,
  width: number,
  body: (code: WasmCode, row: number) => void,
): WasmCode {
  const code = new WasmCode(Array.from({ length: parameters }, () => "i32" as const));
  const COUNT = 0, IDS = 1, row = code.local("i32"), end = code.local("i32");
  code.get(IDS).get(COUNT).i32(INT_BYTES).op("i32.mul").op("i32.add").set(end);
  code.loopWhile(() => code.get(IDS).get(end).op("i32.lt_u"), () => {
    code.get(table).get(IDS).op("i32.load").get(width).op("i32.mul").op("i32.add").set(row);
    body(code, row);
    code.get(IDS).i32(INT_BYTES).op("i32.add").set(IDS);
  });
  return code;
}

function addCode(): WasmCode {
  const ROWS = 2, TABLE = 3, WIDTH = 4;
  return overRows(5, TABLE, WIDTH, (code, row) => {
    const end = code.local("i32"), vectorEnd = code.local("i32");
    code.get(row).get(WIDTH).op("i32.add").set(end);
    code.get(row).get(WIDTH).i32(-vectorLane.bytes).op("i32.and").op("i32.add").set(vectorEnd);
    for (const [lane, until] of [[vectorLane, vectorEnd], [scalarLane, end]] as const) {
      code.loopWhile(() => code.get(row).get(until).op("i32.lt_u"), () => {
        code.get(row).get(row).load(lane).get(ROWS).load(lane).emit(lane.ops.Add!).store(lane);
        for (const pointer of [row, ROWS]) code.get(pointer).i32(lane.bytes).op("i32.add").set(pointer);
      });
    }
  });
}

function gatherCode(): WasmCode {
  const OUT = 2, TABLE = 3, WIDTH = 4;
  return overRows(5, TABLE, WIDTH, (code, row) => {
    code.get(OUT).get(row).get(WIDTH).op("memory.copy");
    code.get(OUT).get(WIDTH).op("i32.add").set(OUT);
  });
}

function clearCode(): WasmCode {
  const TABLE = 2, WIDTH = 3;
  return overRows(4, TABLE, WIDTH, (code, row) => code.get(row).i32(0).get(WIDTH).op("memory.fill"));
}
