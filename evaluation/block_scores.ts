import { openModel } from "../runtime/model.ts";
import { Products, type ProductShape } from "../runtime/product_kernel.ts";
import type { ScoringModel } from "./ranking_job.ts";
import type { Ways } from "./top_k.ts";

/** Scores of some queries against a block of items. */
export interface BlockScores {
  /** Row-major [rows, columns]; valid until the next call. */
  of(query: Float32Array, items: Float32Array): Promise<Float32Array>;
  /** Fast ways over what {@link of} gives. */
  readonly ways?: Ways;
  dispose(): Promise<void>;
}

/** Inner products, on the CPU; a block of items is `packed`. */
export function byProducts(shape: ProductShape): BlockScores {
  const products = new Products(shape);
  return {
    of: (query, items) => Promise.resolve(products.of(query, items)),
    ways: products,
    dispose: () => Promise.resolve(),
  };
}

/** Opens what scores a model's blocks, without the runtime that trains it. */
export async function openBlockScores(by: ScoringModel["by"]): Promise<BlockScores> {
  if (!("bytes" in by)) return byProducts(by);
  const session = await openModel(by.bytes), { shapes } = by;
  return {
    async of(query, items) {
      const tensor = (data: Float32Array, shape: readonly number[]) => ({ dtype: "float32", shape, data }) as const;
      const { scores } = await session.run({ query: tensor(query, shapes.query), items: tensor(items, shapes.items) });
      return scores!.data as Float32Array;
    },
    dispose: session.dispose,
  };
}
