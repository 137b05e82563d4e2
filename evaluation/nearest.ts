import { GraphBuilder } from "../graphs/builder.ts";
import { encode } from "../graphs/encode.ts";
import { zeros } from "../graphs/initializers.ts";
import { gemm } from "../graphs/ops/linear.ts";
import { openModel } from "../runtime/model.ts";
import { TopK } from "./top_k.ts";
import { checkId, countOf, type Vectors } from "./vectors.ts";

/** Exact search for the largest inner products with some vectors. */
export interface Nearest {
  /**
   * The `k` of the largest inner product with each of some queries [n, width], but for those that `hidden` tells of a row.
   * Ties go to the smaller id.
   *
   * @throws RangeError where queries have another width, there is no such `k` or no vector of an id that is hidden;
   * TypeError where it was disposed of.
   */
  search(queries: Float32Array, k: number, hidden?: (row: number) => Iterable<number>): Promise<TopK>;
  /** Gives back its memory; more than once is no matter. */
  dispose(): Promise<void>;
}

/** Inner products held at a time. */
const HELD = 2 ** 24;

/**
 * Takes every inner product, as many queries at a time as memory allows.
 *
 * @throws RangeError where elements make no whole number of vectors.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openNearest } from "./nearest.ts";
 *
 * const nearest = await openNearest({ data: Float32Array.of(1, 0, 0, 1, 2, 2), width: 2 });
 * const { ids, scores } = await nearest.search(Float32Array.of(3, 1), 2, () => [2]);
 * assert.deepEqual([[...ids], [...scores]], [[0, 1], [3, 1]]);
 * await nearest.dispose();
 * ```
 */
export async function openNearest({ data, width }: Vectors): Promise<Nearest> {
  const n = countOf({ data, width }),
    graph = new GraphBuilder(),
    vectors = graph.variable("vectors", [n, width], zeros);
  const products = gemm(graph.input("queries", "float32", [1, width]), vectors, undefined, { transB: true });
  const model = await openModel(encode(graph, { products }, {
    frozen: new Map([[vectors, data]]),
    symbolic: { queries: ["rows"], products: ["rows"] },
  }));
  const atOnce = Math.max(1, Math.floor(HELD / n));
  return {
    async search(queries, k, hidden) {
      if (!Number.isInteger(k) || k < 0) {
        throw new RangeError(`Cannot find the ${k} nearest: it is a whole number of at least 0`);
      }
      const rows = countOf({ data: queries, width }), top = new TopK(rows, Math.min(k, n));
      for (let from = 0; from < rows; from += atOnce) {
        const count = Math.min(atOnce, rows - from), some = queries.subarray(from * width, (from + count) * width);
        const found = await model.run({ queries: { dtype: "float32", shape: [count, width], data: some } });
        const block = found.products!.data as Float32Array, part = new TopK(count, top.k);
        for (let row = 0; hidden && row < count; row++) {
          for (const id of hidden(from + row)) {
            checkId(id, n);
            block[row * n + id] = -Infinity;
          }
        }
        part.push(block, n, 0);
        top.ids.set(part.ids, from * top.k);
        top.scores.set(part.scores, from * top.k);
      }
      return top;
    },
    dispose: model.dispose,
  };
}
