import { Arena } from "./arena.ts";
import { type Lane, scalarLane, vectorLane, WasmCode, wasmFunction, wasmModule } from "./wasm_code.ts";

/** Columns of a panel: two vectors. */
export const PANEL = 8;
/** Rows that a tile of products has, where there are as many left: of more, the sums would not fit the registers. */
const TILE = 6;
const WORD = 4;
/** Products that are compared at a time. */
const LOOKED_AT = 16;
/** Groups of products whose maxima are found, for each of them that a number is to be reached by. */
const GROUPS = 2;
/** Fewer products a group than this, and they are not worth grouping. */
const GROUPED = 4;
/** One float32 into all four lanes. */
const splatLane: Lane = { ...vectorLane, load: [0xfd, 0x09], align: 2 };
const fusedMulAdd = [0xfd, 0x85, 0x02];
const drop = [0x1a];
/** Steps along the inner axis that are written out one after another before a loop goes round. */
const UNROLLED = 16;

/**
 * Products of a matrix [rows, width] with a matrix [columns, width] transposed, in memory of their own: what ranking
 * spends its time on. A tile of 6 by 8 products stays in registers; each is summed along the inner axis in order, fused
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
  /** Numbers of products, where {@link above} says that they are. */
  readonly found: Int32Array;
  readonly #above: (from: number, end: number, least: number) => number;
  readonly #reached: (from: number, end: number, groups: number, count: number) => number;

  /** @throws RangeError where `columns` are not a multiple of {@link PANEL}. */
  constructor({ rows, columns, width }: ProductShape) {
    if (columns % PANEL !== 0) throw new RangeError(`Cannot multiply ${columns} columns: they come in ${PANEL}s`);
    const arena = new Arena(), { memory } = arena;
    const left = arena.allocate(rows * width), right = arena.allocate(columns * width);
    const out = arena.allocate(rows * columns);
    const maxima = arena.allocate(columns / GROUPED), found = arena.allocate(columns + 1);
    [this.#left, this.#right, this.#out, this.found] = [left.view(), right.view(), out.view(), found.ints()];
    const run = wasmFunction(code({ rows, columns, width }), memory);
    const look = wasmFunction(aboveCode(), memory), group = wasmFunction(reachedCode(), memory);
    const address = (product: number) => out.byteOffset + product * WORD;
    this.#run = () => run(out.byteOffset, left.byteOffset, right.byteOffset);
    this.#above = (from, end, least) =>
      (look(address(from), address(end), least, found.byteOffset, out.byteOffset) - found.byteOffset) / WORD;
    this.#reached = (from, end, groups, count) =>
      group(address(from), address(end), maxima.byteOffset, maxima.byteOffset + groups * WORD, count);
  }

  /** `left` [rows, width] with the {@link packed} columns; valid until the next call. */
  of(left: Float32Array, right: Float32Array): Float32Array {
    this.#left.set(left);
    this.#right.set(right);
    this.#run();
    return this.#out; // [rows, columns]
  }

  /** How many of these products, from number `from` on and before `end`, are above `least`: numbers ascending in `found`. */
  above(from: number, end: number, least: number): number {
    return this.#above(from, end, least);
  }

  /**
   * A number that at least `count` of these products, from number `from` on and before `end`, reach: of the maxima of some
   * groups of them, the `count`-th. -Infinity where they are too few, or so many not known to be numbers.
   */
  reached(from: number, end: number, count: number): number {
    const groups = Math.ceil(GROUPS * count / 4) * 4;
    return groups * GROUPED > end - from ? -Infinity : this.#reached(from, end, groups, count);
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

/** Writes to an address the numbers, counted from `BASE`, of those float32 from one address to another that are above one. */
function aboveCode(): WasmCode {
  const [FROM, END, LEAST, OUT, BASE] = [0, 1, 2, 3, 4] as const;
  const code = new WasmCode(["i32", "i32", "f32", "i32", "i32"], ["i32"]), least = code.local("v128");
  const { bytes } = vectorLane, together = LOOKED_AT * WORD;
  const look = (offset: number) => {
    code.get(OUT).get(FROM).get(BASE).op("i32.sub").i32(offset).op("i32.add").i32(2).op("i32.shr_u").op("i32.store");
    // the next is written over it unless it is above
    code.get(OUT).get(FROM).load(scalarLane, offset).get(LEAST).op("f32.gt");
    code.i32(2).op("i32.shl").op("i32.add").set(OUT);
  };
  code.get(LEAST).emit(vectorLane.splat).set(least);
  code.loopWhile(() => code.get(FROM).i32(together).op("i32.add").get(END).op("i32.le_u"), () => {
    for (let at = 0; at < together; at += bytes) {
      code.get(FROM).load(vectorLane, at).get(least).op("f32x4.gt");
      if (at > 0) code.op("v128.or");
    }
    code.op("v128.any_true").when(() => {
      for (let at = 0; at < together; at += WORD) look(at);
    });
    code.advance(FROM, together);
  });
  code.loopUpTo(FROM, END, () => {
    look(0);
    code.advance(FROM, WORD);
  });
  return code.get(OUT);
}

/**
 * Of the float32 from one address towards another, dealt out in turns to as many groups as fit between two more addresses,
 * finds the largest of each group, which it leaves there, and gives the greatest number that `count` of those reach. What
 * is left at the end is in no group; NaN is never the largest.
 */
function reachedCode(): WasmCode {
  const [FROM, END, OUT, OUT_END, COUNT] = [0, 1, 2, 3, 4] as const;
  const code = new WasmCode(["i32", "i32", "i32", "i32", "i32"], ["f32"]), { bytes } = vectorLane;
  const [at, one, last] = [code.local("i32"), code.local("i32"), code.local("i32")];
  const [most, reaching] = [code.local("v128"), code.local("v128")], found = code.local("f32");
  const overGroups = (pointer: number, by: number, body: () => void) => {
    code.get(OUT).set(pointer);
    code.loopUpTo(pointer, OUT_END, () => {
      body();
      code.advance(pointer, by);
    });
  };
  overGroups(at, bytes, () => code.get(at).f32(-Infinity).emit(vectorLane.splat).store(vectorLane));
  code.get(END).get(OUT_END).get(OUT).op("i32.sub").op("i32.sub").set(last);
  code.loopWhile(() => code.get(FROM).get(last).op("i32.le_u"), () => {
    overGroups(at, bytes, () => {
      code.get(at).get(at).load(vectorLane).get(FROM).load(vectorLane).op("f32x4.pmax").store(vectorLane);
      code.advance(FROM, bytes);
    });
  });
  code.f32(-Infinity).set(found);
  overGroups(one, WORD, () => {
    code.get(one).load(splatLane).set(most).ints([0, 0, 0, 0]).set(reaching);
    overGroups(at, bytes, () => {
      code.get(reaching).get(at).load(vectorLane).get(most).op("f32x4.ge").op("i32x4.sub").set(reaching);
    });
    code.get(most).extract(0).get(found);
    for (let lane = 0; lane < 4; lane++) {
      code.get(reaching).extractInt(lane);
      if (lane > 0) code.op("i32.add");
    }
    // a number that too few reach leaves what was found
    code.get(COUNT).op("i32.ge_s").op("select").get(found).emit(scalarLane.ops.Max!).set(found);
  });
  return code.get(found);
}

/** Whether this WebAssembly multiplies and adds in one instruction (relaxed SIMD). */
const FUSED = WebAssembly.validate(
  wasmModule(new WasmCode(["v128", "v128", "v128"]).get(0).get(1).get(2).emit(fusedMulAdd).emit(drop)),
);

/** For each panel, for each tile of rows: its products, from registers to `out`. */
function code({ rows, columns, width }: ProductShape): WasmCode {
  const code = new WasmCode(["i32", "i32", "i32"]), [OUT, LEFT, RIGHT] = [0, 1, 2] as const, row = width * WORD;
  const end = code.local("i32"), left = code.local("i32"), out = code.local("i32");
  const tile = tileCode(code, { columns, width, left, right: RIGHT, out });
  const tiles = (count: number, each: number) => {
    const last = code.local("i32");
    code.get(left).i32(count * each * row).op("i32.add").set(last);
    code.loopUpTo(left, last, () => {
      tile(each);
      code.advance(left, each * row);
      code.advance(out, each * columns * WORD);
    });
  };
  code.get(RIGHT).i32(columns * row).op("i32.add").set(end);
  code.loopUpTo(RIGHT, end, () => {
    code.get(LEFT).set(left).get(OUT).set(out);
    tiles(Math.floor(rows / TILE), TILE);
    if (rows % TILE > 0) tiles(1, rows % TILE);
    code.advance(RIGHT, PANEL * row);
    code.advance(OUT, PANEL * WORD);
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
      code.loopUpTo(at.left, at.end, () => {
        for (let k = 0; k < UNROLLED; k++) step(rows, k);
        code.advance(at.left, UNROLLED * WORD);
        code.advance(at.right, UNROLLED * PANEL * WORD);
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
