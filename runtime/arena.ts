import { type FetchRows, fetchRows } from "./fetch_rows.ts";
import { type RowKernels, rowKernels } from "./row_kernels.ts";

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

/** Where blocks are had. */
export interface Space {
  readonly memory: WebAssembly.Memory;
  readonly rows: RowKernels;
  readonly fetch: FetchRows;
  /** So many zeros. @throws RangeError past 4 GiB, which is all that a WASM memory can hold. */
  allocate(length: number): Block;
}

/** A part of an arena that is had for a while. */
export interface Lease extends Space {
  /** Gives back all that was allocated: nothing of it may be used from then on. */
  release(): void;
}

/** Bytes of an arena, from one address up to another. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Float32 memory that WASM kernels and TypeScript share, and the row operations over it. Blocks start on 16 bytes and
 * are padded to whole SIMD vectors with zeros.
 */
export class Arena implements Space {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly rows = rowKernels(this.memory);
  readonly fetch = fetchRows(this.memory);
  #used = 0;
  /** What was given back below `#used`: in order, none next to another. */
  #free: Stretch[] = [];

  allocate(length: number): Block {
    return this.#block(length, this.#take(bytesOf(length)));
  }

  lease(): Lease {
    const taken: Stretch[] = [], { memory, rows, fetch } = this;
    return {
      ...{ memory, rows, fetch },
      allocate: (length) => {
        const from = this.#take(bytesOf(length));
        taken.push({ from, to: from + bytesOf(length) });
        return this.#block(length, from);
      },
      release: () => this.#giveBack(taken.splice(0)),
    };
  }

  /** The address of so many bytes, all zero. */
  #take(bytes: number): number {
    const at = this.#free.findIndex(({ from, to }) => to - from >= bytes), found = this.#free[at];
    if (found) {
      const { from, to } = found, left = { from: from + bytes, to };
      this.#free.splice(at, 1, ...left.from < to ? [left] : []);
      new Uint8Array(this.memory.buffer, from, bytes).fill(0);
      return from;
    }
    const from = this.#used, end = from + bytes, have = this.memory.buffer.byteLength;
    if (end > LIMIT) {
      throw new RangeError(
        `Cannot hold ${mib(bytes)} more beside the ${mib(from)} of variables, states and what steps take: ` +
          `a WASM memory ends at ${
            mib(LIMIT)
          }; fewer rows, a smaller "dim" or an optimiser with fewer states would fit`,
      );
    }
    if (end > have) this.memory.grow(Math.ceil((end - have) / PAGE));
    this.#used = end;
    return from;
  }

  #giveBack(stretches: readonly Stretch[]): void {
    const all = [...this.#free, ...stretches].filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from);
    this.#free = [];
    for (const { from, to } of all) {
      const last = this.#free.at(-1);
      if (last?.to === from) this.#free.splice(-1, 1, { from: last.from, to });
      else this.#free.push({ from, to });
    }
  }

  #block(length: number, byteOffset: number): Block {
    const { memory } = this;
    return {
      byteOffset,
      length,
      view: () => new Float32Array(memory.buffer, byteOffset, length),
      ints: () => new Int32Array(memory.buffer, byteOffset, length),
    };
  }
}

const bytesOf = (length: number): number => Math.ceil(length / FLOATS_PER_VECTOR) * FLOATS_PER_VECTOR * BYTES_PER_FLOAT;
