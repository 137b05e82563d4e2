import { type Lane, scalarLane, vectorLane, WasmCode, wasmModule } from "./wasm_code.ts";

/**
 * Row operations over shared memory, at byte addresses: `ids` are int32 row numbers, rows are `width` bytes long, and a
 * table's row `id` is at `table + id width`.
 */
export interface RowKernels {
  /** table[ids[i]] += scales[i] source[sourceIds[i]], one after another: ids may repeat. `stride` 0 is one scale for all. */
  add(
    count: number,
    ids: number,
    scales: number,
    table: number,
    width: number,
    sourceIds: number,
    source: number,
    stride: number,
  ): void;
  /** out[i] = table[ids[i]] */
  gather(count: number, ids: number, out: number, table: number, width: number): void;
  /** out[i][j] = queries[queryIds[i]] . table[ids[i][j]], `each` ids for each of `count` queries. */
  dots(
    count: number,
    ids: number,
    out: number,
    table: number,
    width: number,
    queryIds: number,
    queries: number,
    each: number,
  ): void;
}

const INT_BYTES = 4;

/** Compiles the row operations for a memory. Tests hold them to plain TypeScript. */
export function rowKernels(memory: WebAssembly.Memory): RowKernels {
  const instantiate = (code: WasmCode) =>
    new WebAssembly.Instance(new WebAssembly.Module(wasmModule(code)), { foil: { memory } }).exports.run;
  return {
    add: instantiate(addCode()) as RowKernels["add"],
    gather: instantiate(gatherCode()) as RowKernels["gather"],
    dots: instantiate(dotsCode()) as RowKernels["dots"],
  };
}

const COUNT = 0, IDS = 1, TABLE = 3, WIDTH = 4;
const parameters = (count: number) => new WasmCode(Array.from({ length: count }, () => "i32" as const));
const advance = (code: WasmCode, pointer: number, bytes: number) =>
  code.get(pointer).i32(bytes).op("i32.add").set(pointer);

/** Runs `body` for each of the `count` ids at `ids`, with the address of the table's row in a local. */
function overRows(
  code: WasmCode,
  { ids = IDS, count = COUNT, table = TABLE },
  body: (row: number) => void,
): void {
  const end = code.local("i32"), row = code.local("i32");
  code.get(ids).get(count).i32(INT_BYTES).op("i32.mul").op("i32.add").set(end);
  code.loopWhile(() => code.get(ids).get(end).op("i32.lt_u"), () => {
    code.get(table).get(ids).op("i32.load").get(WIDTH).op("i32.mul").op("i32.add").set(row);
    body(row);
    advance(code, ids, INT_BYTES);
  });
}

/** The address past the row at `pointer`, or past its whole blocks of `block` bytes, in a local. */
function rowEnd(code: WasmCode, pointer: number, block = 1): number {
  const end = code.local("i32");
  code.get(pointer).get(WIDTH).i32(-block).op("i32.and").op("i32.add").set(end);
  return end;
}

/** Visits a row by whole vectors, then element by element; `other` moves along with `row`. */
function alongRow(code: WasmCode, row: number, other: number, body: (lane: Lane) => void): void {
  const vectorEnd = rowEnd(code, row, vectorLane.bytes), end = rowEnd(code, row);
  for (const [lane, until] of [[vectorLane, vectorEnd], [scalarLane, end]] as const) {
    code.loopWhile(() => code.get(row).get(until).op("i32.lt_u"), () => {
      body(lane);
      for (const pointer of [row, other]) advance(code, pointer, lane.bytes);
    });
  }
}

function addCode(): WasmCode {
  const code = parameters(8), SCALES = 2, SOURCE_IDS = 5, SOURCE = 6, STRIDE = 7;
  const source = code.local("i32"), scale = code.local("f32"), scales = code.local("v128");
  overRows(code, {}, (row) => {
    code.get(SOURCE).get(SOURCE_IDS).op("i32.load").get(WIDTH).op("i32.mul").op("i32.add").set(source);
    code.get(SCALES).load(scalarLane).set(scale).get(scale).emit(vectorLane.splat).set(scales);
    alongRow(code, row, source, (lane) => {
      code.get(row).get(row).load(lane).get(source).load(lane).get(lane === vectorLane ? scales : scale);
      code.emit(lane.ops.Mul!).emit(lane.ops.Add!).store(lane);
    });
    advance(code, SOURCE_IDS, INT_BYTES);
    code.get(SCALES).get(STRIDE).op("i32.add").set(SCALES);
  });
  return code;
}

function gatherCode(): WasmCode {
  const code = parameters(5), OUT = 2;
  overRows(code, {}, (row) => alongRow(code, row, OUT, (lane) => code.get(OUT).get(row).load(lane).store(lane)));
  return code;
}

/** Vectors whose products are summed apart, so that an addition need not wait for the one before it. */
const SUMS = 4;

/** Products are added in one order on every machine: {@link SUMS} vectors by turns, those sums, their lanes, the rest. */
function dotsCode(): WasmCode {
  const code = parameters(8), OUT = 2, QUERY_IDS = 5, QUERIES = 6, EACH = 7;
  const sums = Array.from({ length: SUMS }, () => code.local("v128")), total = code.local("f32");
  const query = code.local("i32");
  overRows(code, { ids: QUERY_IDS, table: QUERIES }, (queryRow) =>
    overRows(code, { count: EACH }, (row) => {
      const blocksEnd = rowEnd(code, row, SUMS * vectorLane.bytes), end = rowEnd(code, row);
      const products = (lane: Lane, until: number, into: readonly number[]) =>
        code.loopWhile(() => code.get(row).get(until).op("i32.lt_u"), () => {
          into.forEach((sum, at) => {
            code.get(sum);
            for (const pointer of [row, query]) code.get(pointer).load(lane, at * lane.bytes);
            code.emit(lane.ops.Mul!).emit(lane.ops.Add!).set(sum);
          });
          for (const pointer of [row, query]) advance(code, pointer, into.length * lane.bytes);
        });
      code.get(queryRow).set(query);
      for (const sum of sums) code.f32(0).emit(vectorLane.splat).set(sum);
      products(vectorLane, blocksEnd, sums);
      sums.forEach((sum, at) => at === 0 ? code.get(sum) : code.get(sum).emit(vectorLane.ops.Add!));
      code.set(sums[0]!);
      [0, 1, 2, 3].forEach((lane) => {
        code.get(sums[0]!).extract(lane);
        if (lane > 0) code.emit(scalarLane.ops.Add!);
      });
      code.set(total);
      products(scalarLane, end, [total]);
      code.get(OUT).get(total).store(scalarLane);
      advance(code, OUT, scalarLane.bytes);
    }));
  return code;
}
