import type { Probe } from "../samplers/sampler.ts";

/** Users whose negatives are kept, spread over all. */
const USERS = 512;
/** Negatives kept of each: 2,016 pairs. */
const EACH = 64;

/** The negatives of some users, to tell how far apart they lie. */
export class Diversity {
  readonly #stride: number;
  readonly #items = new Map<number, number[]>();
  readonly #vectors = new Map<number, Float32Array[]>();

  /** @param width of the vectors that will be given; 0 where items are. */
  constructor(users: number, readonly width: number) {
    this.#stride = Math.max(1, Math.floor(users / USERS));
  }

  item(user: number, item: number): void {
    keep(this.#items, this.#stride, user, () => item);
  }

  vector(user: number, vector: Float32Array): void {
    keep(this.#vectors, this.#stride, user, () => vector.slice());
  }

  /** The mean over users of 1 - cosine between pairs of their negatives; null where no user has two. */
  async mean(probe: Probe): Promise<number | null> {
    const found = this.width > 0
      ? [...this.#vectors.values()]
      : await itemVectors([...this.#items.values()].filter((ids) => ids.length > 1), probe);
    const distances = found.filter((vectors) => vectors.length > 1).map(meanDistance);
    return distances.length === 0 ? null : distances.reduce((a, b) => a + b) / distances.length;
  }
}

function keep<T>(kept: Map<number, T[]>, stride: number, user: number, value: () => T): void {
  if (user % stride !== 0) return;
  const mine = kept.get(user);
  if (!mine) kept.set(user, [value()]);
  else if (mine.length < EACH) mine.push(value());
}

/** The vectors of lists of items under the model as it stands. */
async function itemVectors(lists: readonly (readonly number[])[], probe: Probe): Promise<Float32Array[][]> {
  const ids = Int32Array.from(new Set(lists.flat()));
  if (ids.length === 0) return [];
  const { width, data } = await probe.points(ids), at = new Map([...ids].map((id, place) => [id, place * width]));
  return lists.map((list) => list.map((id) => data.subarray(at.get(id)!, at.get(id)! + width)));
}

/** 1 - cosine, averaged over pairs: the sum of unit vectors has the squared length n + 2 sum of the pairs' cosines. */
function meanDistance(vectors: readonly Float32Array[]): number {
  const n = vectors.length, sum = new Float64Array(vectors[0]!.length);
  let units = 0;
  for (const vector of vectors) {
    const length = lengthOf(vector);
    if (length === 0) continue; // at a right angle to everything
    units++;
    for (let d = 0; d < sum.length; d++) sum[d]! += vector[d]! / length;
  }
  const squared = sum.reduce((total, x) => total + x * x, 0);
  return Math.max(0, 1 - (squared - units) / (n * (n - 1))); // of rounding, for vectors that point one way
}

/** `Math.hypot(...vector)`, of which arguments take most: squares of shares of the largest, summed after Kahan. */
function lengthOf(vector: Float32Array): number {
  let largest = 0, sum = 0, excess = 0;
  for (let d = 0; d < vector.length; d++) largest = Math.max(largest, Math.abs(vector[d]!));
  if (largest === 0) return 0;
  for (let d = 0; d < vector.length; d++) {
    const share = vector[d]! / largest, term = share * share - excess, next = sum + term;
    excess = (next - sum) - term;
    sum = next;
  }
  return Math.sqrt(sum) * largest;
}
