import type { Attributes } from "../datasets/metadata.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { evenly } from "../options/searched.ts";
import { perPositive } from "./common_options.ts";
import { rns } from "./rns.ts";
import type { Negatives, Policy } from "./sampler.ts";
import { requireAttributes } from "./requirements.ts";

/** Similarity of two sets, from the number of elements that they share and their sizes. */
const similarities = {
  jaccard: (shared: number, a: number, b: number) => shared / (a + b - shared),
  cosine: (shared: number, a: number, b: number) => shared / Math.sqrt(a * b),
} as const;

/**
 * Knowledge-weighted uniform negatives: w_k = min(cap, c e^(kappa g(i+, k))), g the similarity of the two items'
 * attributes, with c such that the weights sum to K. A positive kappa stresses negatives that are alike, a negative one
 * spares them, as they may be false. Items without attributes are like nothing (the knowledge-based family of the survey
 * of Ma et al., 2024).
 */
export const knowledgeWeights = define({
  name: "knowledge-weights",
  summary: "Uniform negatives, weighted by how much their attributes are those of the positive.",
  citation: "the family in Ma et al., Negative sampling in recommendation: a survey, 2024; defined by Foil",
  options: {
    negatives: perPositive(5),
    kappa: evenly(real(1, "above 0 stresses negatives that are like the positive, below 0 spares them"), -2, 2),
    similarity: choice(["jaccard", "cosine"], "jaccard", "of the sets of attributes"),
    cap: real(2, "most that a negative weighs; what is cut off goes to the others", { min: 1 }),
  },
}, ({ negatives, kappa, similarity, cap }): Policy<"ids" | "weight"> => (setting) => {
  const attributes = requireAttributes(setting, "knowledge-weights"), { rows } = setting;
  const inner = rns({ negatives })(setting);
  return {
    proposes: { ...inner.proposes, weight: { dtype: "float32", shape: [rows, negatives] } },
    async propose(batch, draw) {
      const { ids } = await inner.propose(batch, draw), weight = new Float32Array(rows * negatives);
      batch.positives.forEach((positive, row) => {
        const own = (ids as Int32Array).subarray(row * negatives, (row + 1) * negatives);
        const likeness = Array.from(own, (id) => alike(attributes, positive, id, similarities[similarity]));
        weight.set(weights(likeness, kappa, cap), row * negatives);
      });
      return { ids, weight };
    },
    select: (step, { ids, weight }) => ({ ...inner.select(step, { ids }) as Negatives, weight }),
  };
});

/** The least mass of a negative, which leaves something to be scaled where all others are at the cap. */
const SMALLEST = 1e-300;

/** min(cap, c e^(kappa g)), with c such that they sum to their number; a cap of at least 1 allows it. */
export function weights(likeness: readonly number[], kappa: number, cap: number): number[] {
  const count = likeness.length, top = Math.max(...likeness.map((g) => kappa * g));
  const mass = likeness.map((g) => Math.max(SMALLEST, Math.exp(kappa * g - top)));
  let lighter = 0, c = 0;
  mass.toSorted((a, b) => a - b).forEach((m, at) => {
    lighter += m;
    // c with all heavier ones at the cap: largest where they are those that exceed it
    c = Math.max(c, (count - cap * (count - 1 - at)) / lighter);
  });
  return mass.map((m) => Math.min(cap, c * m));
}

/** The similarity of two items' attributes; 0 where one has none. */
function alike(
  { offsets, targets }: Attributes,
  a: number,
  b: number,
  similarity: (shared: number, a: number, b: number) => number,
): number {
  let [i, j] = [offsets[a]!, offsets[b]!], shared = 0;
  const [endA, endB] = [offsets[a + 1]!, offsets[b + 1]!], sizeA = endA - i, sizeB = endB - j;
  if (sizeA === 0 || sizeB === 0) return 0;
  while (i < endA && j < endB) {
    if (targets[i] === targets[j]) shared++, i++, j++;
    else if (targets[i]! < targets[j]!) i++;
    else j++;
  }
  return similarity(shared, sizeA, sizeB);
}
