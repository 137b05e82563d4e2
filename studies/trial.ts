import { type Evaluation, fullRanking } from "../evaluation/full_ranking.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { EpochReport, Recipe } from "../training/recipe.ts";
import { train } from "../training/trainer.ts";
import { type Protocol, selectingOptions, testingOptions } from "./protocol.ts";

/** What a trial has of its own: the rest of its recipe is the protocol's. */
export interface TrialRecipe
  extends Omit<Recipe, "runtime" | "data" | "metadata" | "heldOut" | "excluded" | "evaluate" | "selectBy"> {
  /** Parts of the protocol's data whose pairs are never drawn as a negative of their user. Default "train". */
  readonly exclude?: "train" | "train+valid" | "none";
}

/**
 * Trains under a protocol, epoch by epoch; see `train`. When it ends, the runtime's variables are those of the epoch that
 * the protocol picks.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { embeddedDataset } from "../datasets/embedded.ts";
 * import { bpr } from "../losses/bpr.ts";
 * import { mf } from "../models/mf.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { rns } from "../samplers/rns.ts";
 * import { adam } from "../training/optimizers.ts";
 * import { runTrial, testTrial } from "./trial.ts";
 *
 * const data = await embeddedDataset(), runtime = await openRuntime({ provider: "wasm", seed: 1 });
 * const protocol = {
 *   data,
 *   catalogue: catalogue(data.train),
 *   selecting: { held: data.valid!, alsoSeen: [] },
 *   selectBy: "ndcg@20",
 *   testing: { held: data.test!, alsoSeen: [data.valid!] },
 *   metrics: ["recall@20"],
 *   memory: 2 ** 24,
 * };
 * const backbone = mf({ dim: 8 }), optimizer = adam({ lr: 0.02 });
 * for await (const { best } of runTrial(runtime, protocol, { backbone, sampler: rns(), loss: bpr(), optimizer, epochs: 1 })) {
 *   assert(best!.metrics["ndcg@20"]! > 0);
 * }
 * assert((await testTrial(runtime, protocol, backbone)).metrics["recall@20"]! > 0);
 * await runtime.dispose();
 * ```
 */
export async function* runTrial(
  runtime: Runtime,
  protocol: Protocol,
  recipe: TrialRecipe,
): AsyncGenerator<EpochReport, void, void> {
  const { data, catalogue, selecting, selectBy } = protocol, { exclude = "train", ...own } = recipe;
  const evaluator = selecting &&
    await fullRanking(runtime, recipe.backbone, catalogue, selecting.held, selectingOptions(protocol, selecting));
  try {
    yield* train({
      ...own,
      ...exclude !== "train" && { excluded: exclude === "none" ? [] : [data.train, ...data.valid ? [data.valid] : []] },
      runtime,
      data: data.train,
      metadata: catalogue.metadata,
      heldOut: [data.valid, data.test].filter((part) => part !== undefined),
      ...evaluator && { evaluate: async () => (await evaluator.evaluate()).metrics, selectBy },
    });
  } finally {
    await evaluator?.dispose();
  }
}

/**
 * Ranks the protocol's test part with the model as it stands.
 *
 * @throws TypeError where there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { testTrial } from "./trial.ts";
 *
 * const log = (item: number) => interactions({ users: [0], items: [item], userCount: 1, itemCount: 4 });
 * const data = { train: log(0), valid: log(1), test: log(3) }, testing = { held: data.test, alsoSeen: [data.valid] };
 * const about = { selectBy: "mrr@3", metrics: ["mrr@3"], memory: 2 ** 20 };
 * const runtime = await openRuntime({ provider: "wasm" });
 * await runtime.load(new Map([
 *   ["user", { shape: [1, 1], data: Float32Array.of(1) }],
 *   ["item", { shape: [4, 1], data: Float32Array.of(9, 8, 7, 6) }],
 * ]));
 * const protocol = { data, catalogue: catalogue(data.train), testing, ...about };
 * const { metrics } = await testTrial(runtime, protocol, mf({ dim: 1 }));
 * assert.equal(metrics["mrr@3"], 1 / 2); // the list is 2 3
 * await runtime.dispose();
 * ```
 */
export async function testTrial(runtime: Runtime, protocol: Protocol, backbone: Backbone): Promise<Evaluation> {
  const { testing, catalogue } = protocol;
  if (!testing) throw new TypeError("Cannot test a trial: the protocol has no test interactions");
  const tester = await fullRanking(runtime, backbone, catalogue, testing.held, testingOptions(protocol, testing));
  try {
    return await tester.evaluate();
  } finally {
    await tester.dispose();
  }
}
