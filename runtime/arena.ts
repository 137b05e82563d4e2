import { fetchRows } from "./fetch_rows.ts";
import { rowKernels } from "./row_kernels.ts";

const PAGE = 65536;
const LIMIT = 2 ** 32;
const FLOATS_PER_VECTOR = 4;
const BYTES_PER_FLOAT = 4;

const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** A stretch of an arena's float32 memory. */
export interface Block {
  readonly byteOffset: number;
  readonly length: number;
  /** The elements. Take it anew after an allocation: growing the memory detaches older views. */
  view(): Float32Array;
  /** The same memory as int32. */
  ints(): Int32Array;
}

/**
 * Float32 memory that WASM kernels and TypeScript share, and the row operations over it. Blocks start on 16 bytes and
 * are padded to whole SIMD vectors with zeros.
 *
 * @throws RangeError past 4 GiB, which is all that a WASM memory can hold.
 */
export class Arena {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly rows = rowKernels(this.memory);
  readonly fetch = fetchRows(this.memory);
  #used = 0;

  allocate(length: number): Block {
    const padded = Math.ceil(length / FLOATS_PER_VECTOR) * FLOATS_PER_VECTOR * BYTES_PER_FLOAT;
    const byteOffset = this.#used, end = byteOffset + padded, have = this.memory.buffer.byteLength;
    if (end > LIMIT) {
      throw new RangeError(
        `Cannot hold ${mib(padded)} more beside the ${mib(byteOffset)} of variables, states and what steps take: ` +
          `a WASM memory ends at ${
            mib(LIMIT)
          }; fewer rows, a smaller "dim" or an optimiser with fewer states would fit`,
      );
    }
    if (end > have) this.memory.grow(Math.ceil((end - have) / PAGE));
    this.#used = end;
    const { memory } = this;
    return {
      byteOffset,
      length,
      view: () => new Float32Array(memory.buffer, byteOffset, length),
      ints: () => new Int32Array(memory.buffer, byteOffset, length),
    };
  }
}
