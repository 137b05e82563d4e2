import { AliasTable } from "../datasets/alias_table.ts";
import type { Catalogue } from "../datasets/catalogue.ts";
import { sub } from "../graphs/ops/arithmetic.ts";
import { greater, where } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { drawRows } from "./candidates.ts";
import { itemLaw } from "./popularity.ts";
import type { Policy } from "./sampler.ts";
import { sharedPool } from "./shared_pool.ts";

/** Below the logarithm of every positive probability. */
const NEVER = -1e30;

/** How many negatives, and whether they are one pool for all rows of a batch. */
interface Pooling {
  readonly negatives: number;
  readonly shared: boolean;
}

/** Draws by fixed weights of the items, over what each user has not met. */
export const byWeight = (
  weightsOf: (catalogue: Catalogue) => Float64Array,
  { negatives, shared }: Pooling,
): Policy<"ids"> =>
  shared ? sharedPool(negatives, (catalogue) => globalLaw(weightsOf(catalogue))) : ({ catalogue, seen }) => {
    const law = itemLaw(seen.catalogue, weightsOf(catalogue));
    return {
      proposes: { ids: negatives },
      propose: (batch, draw) => ({
        ids: drawRows(batch, draw, negatives, (user, rng) => law.draw(user, rng, draw.seen)),
      }),
      select({ graph, userIds, items }, { ids }) {
        const { logQ, logUnseenMass, logUniform } = law;
        const ofUser = (values: Float32Array) => unsqueeze(gather(graph.constant(values), userIds), 1); // [R, 1]
        const q = gather(graph.constant(logQ), ids); // [R, N]
        const drawn = greater(q, NEVER);
        return { ids, items: items(ids), logQ: where(drawn, sub(q, ofUser(logUnseenMass)), ofUser(logUniform)) };
      },
    };
  };

function globalLaw(weights: Float64Array) {
  const table = new AliasTable(weights);
  return {
    draw: table.draw.bind(table),
    logQ: Float32Array.from(weights, (_, item) => Math.log(table.probability(item))),
  };
}
