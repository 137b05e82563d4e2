type ValueType = "i32" | "f32" | "v128";
const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** Unsigned LEB128, as WebAssembly writes sizes and indices. */
function unsigned(value: number): number[] {
  const out: number[] = [];
  do {
    const byte = value & 0x7f;
    value >>>= 7;
    out.push(value ? byte | 0x80 : byte);
  } while (value);
  return out;
}
/** Signed LEB128, as WebAssembly writes constants. */
function signed(value: number): number[] {
  const out: number[] = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    if ((value === 0 && !(byte & 0x40)) || (value === -1 && (byte & 0x40))) return [...out, byte];
    out.push(byte | 0x80);
  }
}
const simd = (code: number): readonly number[] => [0xfd, ...unsigned(code)];

/** The same float32 instructions for one element or for four. */
export interface Lane {
  readonly type: ValueType;
  readonly bytes: number;
  /** Turns the float32 on the stack into a lane. */
  readonly splat: readonly number[];
  readonly load: readonly number[];
  readonly store: readonly number[];
  /** Logarithm of the alignment that loads and stores may expect. */
  readonly align: number;
  /** By ONNX operator name. */
  readonly ops: Readonly<Record<string, readonly number[]>>;
}
export const scalarLane: Lane = {
  type: "f32",
  bytes: 4,
  splat: [],
  load: [0x2a],
  store: [0x38],
  align: 2,
  ops: {
    Abs: [0x8b],
    Neg: [0x8c],
    Sqrt: [0x91],
    Add: [0x92],
    Sub: [0x93],
    Mul: [0x94],
    Div: [0x95],
    Min: [0x96],
    Max: [0x97],
  },
};
export const vectorLane: Lane = {
  type: "v128",
  bytes: 16,
  splat: simd(0x13),
  load: simd(0x00),
  store: simd(0x0b),
  align: 4,
  ops: {
    Abs: simd(0xe0),
    Neg: simd(0xe1),
    Sqrt: simd(0xe3),
    Add: simd(0xe4),
    Sub: simd(0xe5),
    Mul: simd(0xe6),
    Div: simd(0xe7),
    Min: simd(0xe8),
    Max: simd(0xe9),
  },
};
/** Instructions that are no lane's. */
export const operations = {
  "select": [0x1b],
  "i32.eqz": [0x45],
  "i32.lt_u": [0x49],
  "i32.ge_s": [0x4e],
  "i32.le_u": [0x4d],
  "i32.add": [0x6a],
  "i32.sub": [0x6b],
  "i32.mul": [0x6c],
  "i32.and": [0x71],
  "i32.shl": [0x74],
  "i32.shr_u": [0x76],
  "i32.load": [0x28, 2, 0],
  "i32.store": [0x36, 2, 0],
  "f32.gt": [0x5e],
  "f32x4.eq": simd(0x41),
  "f32x4.lt": simd(0x43),
  "f32x4.gt": simd(0x44),
  "f32x4.le": simd(0x45),
  "f32x4.ge": simd(0x46),
  "f32x4.pmax": simd(0xeb),
  "i32x4.add": simd(0xae),
  "i32x4.sub": simd(0xb1),
  "i32x4.min_s": simd(0xb6),
  "v128.or": simd(0x50),
  "v128.bitselect": simd(0x52),
  "v128.any_true": simd(0x53),
} as const;

/** The type of a block that leaves nothing on the stack. */
const VOID = 0x40;

/** The body of one WebAssembly function, under construction. */
export class WasmCode {
  readonly body: number[] = [];
  readonly locals: ValueType[] = [];
  constructor(readonly parameters: readonly ValueType[], readonly results: readonly ValueType[] = []) {}

  /** Declares a local and returns its index. */
  local(type: ValueType): number {
    return this.parameters.length + this.locals.push(type) - 1;
  }
  emit(bytes: readonly number[]): this {
    this.body.push(...bytes);
    return this;
  }
  get(local: number): this {
    return this.emit([0x20, ...unsigned(local)]);
  }
  set(local: number): this {
    return this.emit([0x21, ...unsigned(local)]);
  }
  i32(value: number): this {
    return this.emit([0x41, ...signed(value)]);
  }
  f32(value: number): this {
    return this.emit([0x43, ...new Uint8Array(Float32Array.of(value).buffer)]);
  }
  /** A vector of four int32. */
  ints(values: readonly [number, number, number, number]): this {
    return this.emit([...simd(0x0c), ...new Uint8Array(Int32Array.from(values).buffer)]);
  }
  op(name: keyof typeof operations): this {
    return this.emit(operations[name]);
  }
  /** Replaces the address on the stack by what is `offset` bytes past it. */
  load(lane: Lane, offset = 0): this {
    return this.emit([...lane.load, lane.align, ...unsigned(offset)]);
  }
  store(lane: Lane, offset = 0): this {
    return this.emit([...lane.store, lane.align, ...unsigned(offset)]);
  }
  /** Replaces the four float32 on the stack by their `lane`-th. */
  extract(lane: number): this {
    return this.emit([...simd(0x1f), lane]);
  }
  /** Replaces the four int32 on the stack by their `lane`-th. */
  extractInt(lane: number): this {
    return this.emit([...simd(0x1b), lane]);
  }
  /** Replaces the `lane`-th of the four float32 below by the one on the stack. */
  replace(lane: number): this {
    return this.emit([...simd(0x20), lane]);
  }
  /** Replaces two vectors by four of their float32: `lanes` counts those of the first from 0, of the second from 4. */
  shuffle(lanes: readonly number[]): this {
    return this.emit([...simd(0x0d), ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte))]);
  }
  /** Moves the address that a local holds on by `bytes`. */
  advance(local: number, bytes: number): this {
    return this.get(local).i32(bytes).op("i32.add").set(local);
  }
  /** Runs `body` where the number on the stack is not 0. */
  when(body: () => void): this {
    this.emit([0x04, VOID]);
    body();
    return this.emit([0x0b]);
  }
  loopWhile(condition: () => void, body: () => void): this {
    this.emit([0x02, VOID, 0x03, VOID]); // block, loop
    condition();
    this.op("i32.eqz").emit([0x0d, 1]); // leave the block
    body();
    return this.emit([0x0c, 0, 0x0b, 0x0b]); // back to the loop; end, end
  }
  /** Runs `body`, which moves the local `pointer` on, while that is below the local `end`. */
  loopUpTo(pointer: number, end: number, body: () => void): this {
    return this.loopWhile(() => this.get(pointer).get(end).op("i32.lt_u"), body);
  }
}

/** The function, compiled over shared memory. Where it has no result, what is returned is undefined. */
export const wasmFunction = (code: WasmCode, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(new WebAssembly.Module(wasmModule(code)), { foil: { memory } }).exports
    .run as (...numbers: readonly number[]) => number;

/** A module that imports `foil.memory` and exports the function as `run`. */
export function wasmModule({ parameters, results, locals, body }: WasmCode): Uint8Array<ArrayBuffer> {
  const text = (value: string) => vector([...new TextEncoder().encode(value)]);
  const vector = (bytes: readonly number[]) => [...unsigned(bytes.length), ...bytes];
  const section = (id: number, bytes: readonly number[]) => [id, ...vector(bytes)];
  const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const type = [0x60, ...[parameters, results].flatMap((types) => vector(types.map((each) => typeCodes[each])))];
  const declared = [...unsigned(locals.length), ...locals.flatMap((l) => [1, typeCodes[l]])];
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(1, [1, ...type]),
    ...section(2, [1, ...text("foil"), ...text("memory"), 0x02, 0x00, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("run"), 0x00, 0]),
    ...section(10, [1, ...vector([...declared, ...body, 0x0b])]),
  ]);
}
