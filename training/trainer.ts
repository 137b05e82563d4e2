import type { SavedTensor } from "../runtime/runtime.ts";
import { isState } from "../runtime/update.ts";
import { type Position, START } from "./epoch.ts";
import type { Best, EpochReport, Recipe } from "./recipe.ts";
import { openRun } from "./run.ts";

/**
 * Trains epoch by epoch; `break` is early stopping. When the generator ends, by itself or by `break`, the runtime's
 * variables are those of the best evaluated epoch.
 *
 * @throws TypeError where the recipe does not fit together, before anything is trained.
 * @throws RangeError where a number of the recipe cannot be, or a loss is not finite, naming epoch and step.
 * @throws the signal's reason, where it stops the run; `keep` has then been called.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interactions } from "../datasets/interactions.ts";
 * import { bpr } from "../losses/bpr.ts";
 * import { mf } from "../models/mf.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { rns } from "../samplers/rns.ts";
 * import { adam } from "./optimizers.ts";
 * import { train } from "./trainer.ts";
 *
 * const data = interactions({ users: [0, 0, 1, 1, 2], items: [0, 1, 2, 3, 0], userCount: 3, itemCount: 4 });
 * const runtime = await openRuntime({ provider: "wasm", seed: 1 }), method = { sampler: rns(), loss: bpr(), l2: 0 };
 * const recipe = { runtime, data, backbone: mf({ dim: 4 }), ...method, optimizer: adam({ lr: 0.1 }) };
 * const losses: number[] = [];
 * for await (const { epoch, steps, loss } of train({ ...recipe, batchSize: 2, epochs: 100 })) {
 *   assert.equal(steps, 3); // two, two and one
 *   losses.push(loss);
 *   if (epoch === 19) break; // early stopping of one's own
 * }
 * assert(losses.length === 20 && losses.at(-1)! < losses[0]! / 2);
 * await runtime.dispose();
 * ```
 */
export async function* train(recipe: Recipe): AsyncGenerator<EpochReport, void, void> {
  const { epochs = 100, until = epochs, evaluate, selectBy, evaluateEvery = 5, patience = 10 } = recipe;
  if (evaluate && !selectBy) {
    throw new TypeError('Cannot train: "evaluate" is given but "selectBy" does not say which metric decides');
  }
  if (selectBy && !evaluate) {
    throw new TypeError('Cannot train: "selectBy" is given but there is no "evaluate" that measures it');
  }
  const run = await openRun(recipe);
  const { runtime, resume } = recipe;
  let best: Best | null = resume?.best ?? null;
  /** Of the best epoch; null while they are the runtime's own: they are copied once training is about to change them. */
  let bestTensors: ReadonlyMap<string, SavedTensor> | null = resume?.bestTensors ?? new Map();
  let waited = resume?.waited ?? 0;
  const reports = [...resume?.reports ?? []];
  const keep = async (at: Position & { epoch: number }) => {
    if (!recipe.keep) return;
    const tensors = await runtime.save(),
      kept = bestTensors ?? new Map([...tensors].filter(([name]) => !isState(name)));
    const samplerState = run.samplerState();
    await recipe.keep({ ...at, reports: [...reports], waited, best, tensors, bestTensors: kept, samplerState });
  };
  try {
    for (let epoch = resume?.epoch ?? 0; epoch < Math.min(epochs, until) && waited < patience; epoch++) {
      const start = epoch === resume?.epoch ? resume : START;
      bestTensors ??= await runtime.save((name) => !isState(name));
      const done = await run.epoch(epoch, start, keep);
      const since = performance.now();
      const due = epoch % evaluateEvery === 0 || epoch === epochs - 1;
      const metrics = evaluate && due ? await evaluate() : null;
      if (metrics) {
        const value = metrics[selectBy!];
        if (value === undefined) {
          throw new TypeError(`Cannot select by "${selectBy}": the metrics are ${Object.keys(metrics).join(", ")}`);
        }
        const bestValue = best?.metrics[selectBy!] ?? NaN;
        if (Number.isNaN(bestValue) || value >= bestValue) {
          best = { epoch, metrics };
          bestTensors = null;
          waited = 0;
        } else waited++;
      }
      const evaluating = done.seconds.evaluating + (performance.now() - since) / 1000;
      const report: EpochReport = {
        epoch,
        steps: done.steps,
        loss: done.lossSum / done.steps,
        lossSum: done.lossSum,
        seconds: { ...done.seconds, evaluating },
        ...done.auxiliary !== undefined && { auxiliary: done.auxiliary },
        ...done.measures && { measures: done.measures },
        ...done.negatives && { negatives: done.negatives },
        ...metrics && { metrics },
        ...best && { best },
      };
      reports.push(report);
      if (due) await keep({ ...START, epoch: epoch + 1 });
      yield report;
    }
  } finally {
    if (best && bestTensors) await runtime.load(bestTensors);
    await run.dispose();
  }
}
