/** The element types of Foil's graphs, under their ONNX names. */
export type DType = "float32" | "int32" | "int64" | "bool";

/** A static shape: the length of each axis, outermost first. A scalar is `[]`. */
export type Shape = readonly number[];

/** What is known of a tensor before it is computed. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Host memory of a tensor; int64 as `BigInt64Array`, bool as `Uint8Array`, as onnxruntime has them. */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** Bytes of an element of that memory. */
export const elementBytes: Readonly<Record<DType, number>> = { float32: 4, int32: 4, int64: 8, bool: 1 };

/** Elements in a tensor of `shape`. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

/** Whether two shapes are the same. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

/** The element type that host memory holds. */
export function dtypeOf(data: TensorData): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  return data instanceof BigInt64Array ? "int64" : "bool";
}

/** Fresh host memory for `size` elements of `dtype`, all zero. */
export function allocate(dtype: DType, size: number): TensorData {
  if (dtype === "float32") return new Float32Array(size);
  if (dtype === "int32") return new Int32Array(size);
  return dtype === "int64" ? new BigInt64Array(size) : new Uint8Array(size);
}

const LONGEST = 2n ** 63n - 1n;
/** A whole number as int64: towards 0; what int64 cannot hold (an open end of a Slice) is its largest. */
export const long = (x: number): bigint => x >= 2 ** 63 ? LONGEST : BigInt(Math.trunc(x));

/** The shape that numpy broadcasting gives `a` and `b`; an axis of length 1 stretches. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const x = a[a.length - rank + axis] ?? 1, y = b[b.length - rank + axis] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new TypeError(`Cannot broadcast [${a}] with [${b}]: axis ${axis - rank} has lengths ${x} and ${y}`);
    }
    return x === 1 ? y : x;
  });
}

/** `axis` counted from the front; negative axes count from the back. */
export function normalizeAxis(axis: number, rank: number, op: string): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || found < 0 || found >= rank) {
    throw new TypeError(`Cannot apply "${op}" over axis ${axis}: the tensor has ${rank} axes`);
  }
  return found;
}
