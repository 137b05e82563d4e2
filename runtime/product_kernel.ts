import { type Lane, vectorLane, WasmCode, wasmModule } from "./wasm_code.ts";

/** Columns of a panel: two vectors. */
export const PANEL = 8;
/** Rows that a tile of products has, where there are as many left. */
const TILE = 4;
const WORD = 4;
/** Products that are compared at a time. */
const LOOKED_AT = 16;
/** One float32 into all four lanes. */
const splatLane: Lane = { ...vectorLane, load: [0xfd, 0x09], align: 2 };
const fusedMulAdd = [0xfd, 0x85, 0x02];
const drop = [0x1a];
/** Steps along the inner axis that are written out one after another before a loop goes round. */
const UNROLLED = 16;

/**
 * Products of a matrix [rows, width] with a matrix [columns, width] transposed, in memory of their own: what ranking
 * spends its time on. A tile of 4 by 8 products stays in registers; each is summed along the inner axis in order, fused
 * where the machine can (relaxed SIMD), so that numbers are the same on one machine, and on another to rounding.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { packed, Products } from "./product_kernel.ts";
 *
 * const products = new Products({ rows: 1, columns: 8, width: 2 });
 * const table = Float32Array.from({ length: 16 }, (_, at) => at); // [8, 2]
 * assert.deepEqual([...products.of(Float32Array.of(1, 10), packed(table, 2))].slice(0, 3), [10, 32, 54]);
 * ```
 */
export class Products {
  readonly #left: Float32Array;
  readonly #right: Float32Array;
  readonly #out: Float32Array;
  readonly #run: () => void;
  readonly #above: (from: number, end: number, least: number) => number;

  /** @throws RangeError where `columns` are not a multiple of {@link PANEL}. */
  constructor({ rows, columns, width }: ProductShape) {
    if (columns % PANEL !== 0) throw new RangeError(`Cannot multiply ${columns} columns: they come in ${PANEL}s`);
    const bytes = [rows * width, columns * width, rows * columns].map((length) => Math.ceil(length / 4) * 4 * WORD);
    const size = bytes.reduce((sum, each) => sum + each, LOOKED_AT * WORD); // `above` reads past the end
    const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 65536) });
    const [right, out] = [bytes[0]!, bytes[0]! + bytes[1]!];
    this.#left = new Float32Array(memory.buffer, 0, rows * width);
    this.#right = new Float32Array(memory.buffer, right, columns * width);
    this.#out = new Float32Array(memory.buffer, out, rows * columns);
    const compiled = (code: WasmCode) =>
      new WebAssembly.Instance(new WebAssembly.Module(wasmModule(code)), { foil: { memory } }).exports.run as (
        ...numbers: number[]
      ) => number;
    const run = compiled(code({ rows, columns, width })), look = compiled(aboveCode());
    this.#run = () => run(out, 0, right);
    this.#above = (from, end, least) => (look(out + from * WORD, out + end * WORD, least) - out) / WORD;
  }

  /** `left` [rows, width] with the {@link packed} columns; valid until the next call. */
  of(left: Float32Array, right: Float32Array): Float32Array {
    this.#left.set(left);
    this.#right.set(right);
    this.#run();
    return this.#out; // [rows, columns]
  }

  /**
   * The first of {@link LOOKED_AT} of these products, from number `from` on, of which any is above `least`, or of those
   * left before `end`.
   */
  above(from: number, end: number, least: number): number {
    return this.#above(from, end, least);
  }
}

export interface ProductShape {
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
}

/** [columns, width] as panels of eight columns, each [width, 8]. */
export function packed(table: Float32Array, width: number): Float32Array {
  const out = new Float32Array(table.length);
  for (let column = 0; column * width < table.length; column++) {
    const panel = Math.floor(column / PANEL) * PANEL * width + column % PANEL;
    for (let at = 0; at < width; at++) out[panel + at * PANEL] = table[column * width + at]!;
  }
  return out;
}

/** From one address towards another, past those float32 of which none of the next {@link LOOKED_AT} is above a number. */
function aboveCode(): WasmCode {
  const code = new WasmCode(["i32", "i32", "f32"], ["i32"]), [FROM, END, LEAST] = [0, 1, 2] as const;
  const least = code.local("v128"), bytes = LOOKED_AT * WORD;
  code.get(LEAST).emit(vectorLane.splat).set(least);
  code.loopWhile(() => {
    code.get(FROM).i32(bytes).op("i32.add").get(END).op("i32.le_u");
    for (let at = 0; at < bytes; at += vectorLane.bytes) {
      code.get(FROM).load(vectorLane, at).get(least).op("f32x4.gt");
      if (at > 0) code.op("v128.or");
    }
    code.op("v128.any_true").op("i32.eqz").op("i32.and");
  }, () => code.get(FROM).i32(bytes).op("i32.add").set(FROM));
  code.get(FROM);
  return code;
}

/** Whether this WebAssembly multiplies and adds in one instruction (relaxed SIMD). */
const FUSED = WebAssembly.validate(
  wasmModule(new WasmCode(["v128", "v128", "v128"]).get(0).get(1).get(2).emit(fusedMulAdd).emit(drop)),
);

/** For each panel, for each tile of rows: its products, from registers to `out`. */
function code({ rows, columns, width }: ProductShape): WasmCode {
  const code = new WasmCode(["i32", "i32", "i32"]), [OUT, LEFT, RIGHT] = [0, 1, 2] as const, row = width * WORD;
  const end = code.local("i32"), left = code.local("i32"), out = code.local("i32");
  const advance = (pointer: number, bytes: number) => code.get(pointer).i32(bytes).op("i32.add").set(pointer);
  const tile = tileCode(code, { columns, width, left, right: RIGHT, out });
  const tiles = (count: number, each: number) => {
    const last = code.local("i32");
    code.get(left).i32(count * each * row).op("i32.add").set(last);
    code.loopWhile(() => code.get(left).get(last).op("i32.lt_u"), () => {
      tile(each);
      advance(left, each * row);
      advance(out, each * columns * WORD);
    });
  };
  code.get(RIGHT).i32(columns * row).op("i32.add").set(end);
  code.loopWhile(() => code.get(RIGHT).get(end).op("i32.lt_u"), () => {
    code.get(LEFT).set(left).get(OUT).set(out);
    tiles(Math.floor(rows / TILE), TILE);
    tiles(rows % TILE, 1);
    advance(RIGHT, PANEL * row);
    advance(OUT, PANEL * WORD);
  });
  return code;
}

interface Tile {
  readonly columns: number;
  readonly width: number;
  /** Locals that hold addresses. */
  readonly left: number;
  readonly right: number;
  readonly out: number;
}

/** Writes the products of some rows with one panel. */
function tileCode(code: WasmCode, { columns, width, left, right, out }: Tile): (rows: number) => void {
  const sums = Array.from({ length: TILE }, () => [code.local("v128"), code.local("v128")]);
  const panel = [code.local("v128"), code.local("v128")], one = code.local("v128");
  const at = { left: code.local("i32"), right: code.local("i32"), end: code.local("i32") };
  const step = (rows: number, k: number) => {
    panel.forEach((part, half) => code.get(at.right).load(vectorLane, (k * PANEL + half * 4) * WORD).set(part));
    for (let row = 0; row < rows; row++) {
      code.get(at.left).load(splatLane, (row * width + k) * WORD).set(one);
      panel.forEach((part, half) => {
        const sum = sums[row]![half]!;
        if (FUSED) code.get(one).get(part).get(sum).emit(fusedMulAdd).set(sum);
        else code.get(sum).get(one).get(part).emit(vectorLane.ops.Mul!).emit(vectorLane.ops.Add!).set(sum);
      });
    }
  };
  const looped = width > 2 * UNROLLED ? width - width % UNROLLED : 0;
  return (rows) => {
    for (const pair of sums.slice(0, rows)) for (const sum of pair) code.f32(0).emit(vectorLane.splat).set(sum);
    code.get(left).set(at.left).get(right).set(at.right);
    if (looped > 0) {
      code.get(left).i32(looped * WORD).op("i32.add").set(at.end);
      code.loopWhile(() => code.get(at.left).get(at.end).op("i32.lt_u"), () => {
        for (let k = 0; k < UNROLLED; k++) step(rows, k);
        code.get(at.left).i32(UNROLLED * WORD).op("i32.add").set(at.left);
        code.get(at.right).i32(UNROLLED * PANEL * WORD).op("i32.add").set(at.right);
      });
    }
    for (let k = 0; k < width - looped; k++) step(rows, k);
    for (let row = 0; row < rows; row++) {
      [0, 1].forEach((half) =>
        code.get(out).get(sums[row]![half]!).store(vectorLane, (row * columns + half * 4) * WORD)
      );
    }
  };
}
