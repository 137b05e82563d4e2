import { type Lane, scalarLane, vectorLane, WasmCode, wasmFunction } from "./wasm_code.ts";

/** At byte addresses, as all that follow: out[i] = table[ids[i]], for each of `count` int32 ids. */
export type GatherKernel = (count: number, ids: number, table: number, out: number) => void;
/** out[i][j] = queries[queryIds[i]] . table[ids[i][j]], `each` ids for each of `count` queries. */
export type DotsKernel = (
  count: number,
  queryIds: number,
  queries: number,
  each: number,
  ids: number,
  table: number,
  out: number,
) => void;
/**
 * table[ids[i]] += the sum over terms of scales[i] source[sourceIds[i]], one i after another: ids may repeat. A term is
 * four numbers: where its scales are, the bytes from one to the next (0: one for all), its source ids, its source.
 */
export type AddKernel = (count: number, ids: number, table: number, ...terms: readonly number[]) => void;

/** Row operations over shared memory, compiled for rows of `width` float32. Tests hold them to plain TypeScript. */
export interface RowKernels {
  gather(width: number): GatherKernel;
  dots(width: number): DotsKernel;
  add(width: number, terms: number): AddKernel;
}

/** Compiles each kernel when it is first asked for. */
export function rowKernels(memory: WebAssembly.Memory): RowKernels {
  const made = new Map<string, unknown>();
  const kept = <Kernel>(name: string, code: () => WasmCode): Kernel => {
    if (!made.has(name)) made.set(name, wasmFunction(code(), memory));
    return made.get(name) as Kernel;
  };
  return {
    gather: (width) => kept(`gather ${width}`, () => gatherCode(width)),
    dots: (width) => kept(`dots ${width}`, () => dotsCode(width)),
    add: (width, terms) => kept(`add ${width} ${terms}`, () => addCode(width, terms)),
  };
}

const WORD = 4;
/** Vectors of a row that are written out one after another before a loop goes round. */
const UNROLLED = 16;

const parameters = (count: number) => new WasmCode(Array.from({ length: count }, () => "i32" as const));

/** Runs `body` while `pointer`, which it moves on, has not come to `words` words further. */
function overWords(code: WasmCode, pointer: number, words: () => void, body: () => void): void {
  const end = code.local("i32");
  code.get(pointer);
  words();
  code.i32(WORD).op("i32.mul").op("i32.add").set(end);
  code.loopUpTo(pointer, end, body);
}

/** The address of the row of `table` whose number is `offset` bytes past `ids`, into a local. */
function rowAt(code: WasmCode, row: number, table: number, ids: number, width: number, offset = 0): void {
  code.get(table).get(ids).load(intLane, offset).i32(width * WORD).op("i32.mul").op("i32.add").set(row);
}
const intLane = { ...scalarLane, load: [0x28] };

/** Visits rows of `width` side by side, by whole vectors, then element by element: `body` is `offset` bytes past each pointer. */
function alongRows(
  code: WasmCode,
  width: number,
  pointers: readonly number[],
  body: (lane: Lane, offset: number) => void,
): void {
  const { bytes } = vectorLane, vectors = Math.floor(width * WORD / bytes), rounds = Math.floor(vectors / UNROLLED);
  const looped = rounds > 1 ? rounds * UNROLLED : 0;
  if (looped > 0) {
    overWords(code, pointers[0]!, () => code.i32(looped * bytes / WORD), () => {
      for (let at = 0; at < UNROLLED; at++) body(vectorLane, at * bytes);
      for (const pointer of pointers) code.advance(pointer, UNROLLED * bytes);
    });
  }
  for (let at = 0; at < vectors - looped; at++) body(vectorLane, at * bytes);
  for (let at = vectors * bytes; at < width * WORD; at += WORD) body(scalarLane, at - looped * bytes);
}

function gatherCode(width: number): WasmCode {
  const code = parameters(4), [COUNT, IDS, TABLE, OUT] = [0, 1, 2, 3] as const;
  const row = code.local("i32"), out = code.local("i32");
  overWords(code, IDS, () => code.get(COUNT), () => {
    rowAt(code, row, TABLE, IDS, width);
    code.get(OUT).set(out);
    alongRows(code, width, [row, out], (lane, offset) => code.get(out).get(row).load(lane, offset).store(lane, offset));
    code.advance(OUT, width * WORD);
    code.advance(IDS, WORD);
  });
  return code;
}

function addCode(width: number, count: number): WasmCode {
  const code = parameters(3 + 4 * count), [COUNT, IDS, TABLE] = [0, 1, 2] as const;
  const row = code.local("i32");
  const terms = Array.from({ length: count }, (_, at) => {
    const [scales, stride, ids, source] = [0, 1, 2, 3].map((n) => 3 + 4 * at + n) as [number, number, number, number];
    return { scales, stride, ids, source, row: code.local("i32"), splat: code.local("v128"), scale: code.local("f32") };
  });
  overWords(code, IDS, () => code.get(COUNT), () => {
    rowAt(code, row, TABLE, IDS, width);
    for (const term of terms) {
      rowAt(code, term.row, term.source, term.ids, width);
      code.get(term.scales).load(scalarLane).set(term.scale);
      code.get(term.scale).emit(vectorLane.splat).set(term.splat);
      code.get(term.scales).get(term.stride).op("i32.add").set(term.scales);
      code.advance(term.ids, WORD);
    }
    alongRows(code, width, [row, ...terms.map((term) => term.row)], (lane, offset) => {
      code.get(row).get(row).load(lane, offset);
      for (const term of terms) {
        code.get(term.row).load(lane, offset).get(lane === vectorLane ? term.splat : term.scale);
        code.emit(lane.ops.Mul!).emit(lane.ops.Add!);
      }
      code.store(lane, offset);
    });
    code.advance(IDS, WORD);
  });
  return code;
}

/**
 * Products are added in one order on every machine and wherever a row stands: vector by vector, the lanes of that sum,
 * then the sum of what is left of the row. Four rows go side by side: none waits for another's memory.
 */
function dotsCode(width: number): WasmCode {
  const code = parameters(7), [COUNT, QUERY_IDS, QUERIES, EACH, IDS, TABLE, OUT] = [0, 1, 2, 3, 4, 5, 6] as const;
  const SIDE = 4, first = code.local("i32"), query = code.local("i32"), part = code.local("v128");
  const rows = Array.from({ length: SIDE }, () => code.local("i32"));
  const sums = Array.from({ length: SIDE }, () => code.local("v128"));
  const rests = Array.from({ length: SIDE }, () => code.local("f32"));
  const mixed = Array.from({ length: SIDE }, () => code.local("v128"));
  const products = (count: number) => {
    const own = rows.slice(0, count);
    own.forEach((row, at) => {
      rowAt(code, row, TABLE, IDS, width, at * WORD);
      code.f32(0).emit(vectorLane.splat).set(sums[at]!).f32(0).set(rests[at]!);
    });
    code.get(first).set(query);
    alongRows(code, width, [query, ...own], (lane, offset) => {
      if (lane === vectorLane) code.get(query).load(lane, offset).set(part);
      own.forEach((row, at) => {
        const into = lane === vectorLane ? sums[at]! : rests[at]!;
        code.get(into).get(row).load(lane, offset);
        if (lane === vectorLane) code.get(part);
        else code.get(query).load(lane, offset);
        code.emit(lane.ops.Mul!).emit(lane.ops.Add!).set(into);
      });
    });
  };
  const moved = (count: number) => [IDS, OUT].forEach((pointer) => code.advance(pointer, count * WORD));
  overWords(code, QUERY_IDS, () => code.get(COUNT), () => {
    rowAt(code, first, QUERIES, QUERY_IDS, width);
    overWords(code, IDS, () => code.get(EACH).i32(-SIDE).op("i32.and"), () => {
      products(SIDE);
      code.get(OUT);
      // the n-th lanes of the four sums side by side, and those four vectors added in order
      [[0, 4, 1, 5], [2, 6, 3, 7]].forEach((lanes, half) =>
        [[0, 1], [2, 3]].forEach(([one, other], pair) =>
          code.get(sums[one!]!).get(sums[other!]!).shuffle(lanes).set(mixed[2 * half + pair]!)
        )
      );
      [0, 1, 2, 3].forEach((lane) => {
        const half = lane >> 1, lanes = lane % 2 === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7];
        code.get(mixed[2 * half]!).get(mixed[2 * half + 1]!).shuffle(lanes);
        if (lane > 0) code.emit(vectorLane.ops.Add!);
      });
      code.get(rests[0]!).emit(vectorLane.splat);
      for (let at = 1; at < SIDE; at++) code.get(rests[at]!).replace(at);
      code.emit(vectorLane.ops.Add!).store(vectorLane);
      moved(SIDE);
    });
    overWords(code, IDS, () => code.get(EACH).i32(SIDE - 1).op("i32.and"), () => {
      products(1);
      code.get(OUT);
      [0, 1, 2, 3].forEach((lane) => {
        code.get(sums[0]!).extract(lane);
        if (lane > 0) code.emit(scalarLane.ops.Add!);
      });
      code.get(rests[0]!).emit(scalarLane.ops.Add!).store(scalarLane);
      moved(1);
    });
    code.advance(QUERY_IDS, WORD);
  });
  return code;
}
