import { idsBelow } from "../datasets/ids_below.ts";
import type { Probe } from "../samplers/sampler.ts";

/** Vectors kept of an epoch, spread over it: as many as keep the search below so many cosines, within these bounds. */
const COSINES = 2 ** 19, MOST = 256, LEAST = 16;

/** Some of the vectors that were made as negatives of users, to tell which items they come closest to. */
export class NearestItems {
  readonly #stride: number;
  readonly #kept: { readonly user: number; readonly vector: Float32Array }[] = [];
  #seen = 0;

  /** @param expected vectors of an epoch, at most. */
  constructor(readonly items: number, expected: number) {
    this.#stride = Math.max(1, Math.ceil(expected / Math.min(MOST, Math.max(LEAST, Math.floor(COSINES / items)))));
  }

  see(user: number, vector: Float32Array): void {
    if (this.#seen++ % this.#stride === 0) this.#kept.push({ user, vector: vector.slice() });
  }

  /** Of each vector that was kept, its user and the item of the largest cosine to it; ties take the lowest id. */
  async find(probe: Probe): Promise<readonly { readonly user: number; readonly item: number }[]> {
    if (this.#kept.length === 0) return [];
    const { width, data } = await probe.points(idsBelow(this.items));
    const lengths = Float32Array.from(
      { length: this.items },
      (_, item) => Math.sqrt(dot(data, data, item, item, width)),
    );
    return this.#kept.map(({ user, vector }) => {
      let nearest = 0, largest = -Infinity;
      for (let item = 0; item < this.items; item++) {
        const cosine = lengths[item]! > 0 ? dot(data, vector, item, 0, width) / lengths[item]! : 0;
        if (cosine > largest) [nearest, largest] = [item, cosine];
      }
      return { user, item: nearest };
    });
  }
}

/** The inner product of two vectors among those that lie one after another. */
function dot(a: Float32Array, b: Float32Array, ofA: number, ofB: number, width: number): number {
  let sum = 0;
  for (let d = 0, x = ofA * width, y = ofB * width; d < width; d++) sum += a[x + d]! * b[y + d]!;
  return sum;
}
