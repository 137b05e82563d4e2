import { GraphBuilder, type Value } from "../graphs/builder.ts";
import { div, max, mul, sqrt } from "../graphs/ops/arithmetic.ts";
import { topK } from "../graphs/ops/index.ts";
import { gemm } from "../graphs/ops/linear.ts";
import { sum } from "../graphs/ops/reduce.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Neighbours } from "../samplers/sampler.ts";

/** Vectors whose neighbours are sought at a time. */
const ROWS = 256;
/** The least length that is divided by. */
const SHORTEST = 1e-12;

/**
 * For each of some vectors, row-major [n, width], the `count` others of the largest cosine (`sign` 1) or of the smallest
 * (-1), the most extreme first; exact, by blocks of a product of all with all.
 *
 * @throws RangeError where there are not so many others.
 */
export async function neighbours(
  runtime: Runtime,
  vectors: Float32Array,
  width: number,
  count: number,
  sign: 1 | -1,
): Promise<Neighbours> {
  const n = vectors.length / width;
  if (count >= n) {
    throw new RangeError(`Cannot find ${count} neighbours of each of ${n} vectors: there are ${n - 1} others`);
  }
  const graph = new GraphBuilder(),
    units = (name: string, rows: number) => {
      const x = graph.input(name, "float32", [rows, width]);
      return div(x, max(sqrt(sum(mul(x, x), [1], true)), SHORTEST));
    };
  const { values, slots }: { values: Value; slots: Value } = topK(
    mul(sign, gemm(units("some", ROWS), units("all", n), undefined, { transB: true })),
    count + 1,
  );
  const program = await runtime.compile(graph, { outputs: { values, slots } });
  const ids = new Int32Array(n * count), cosines = new Float32Array(n * count);
  for (let first = 0; first < n; first += ROWS) {
    const some = new Float32Array(ROWS * width);
    some.set(vectors.subarray(first * width, (first + ROWS) * width));
    const found = await program.run({ some, all: vectors });
    for (let row = 0; row < Math.min(ROWS, n - first); row++) {
      let into = (first + row) * count;
      const end = into + count;
      for (let at = row * (count + 1); into < end; at++) {
        if (found.slots![at] === first + row) continue; // itself
        ids[into] = found.slots![at] as number;
        cosines[into++] = sign * (found.values![at] as number);
      }
    }
  }
  await program.dispose();
  return { ids, cosines };
}
