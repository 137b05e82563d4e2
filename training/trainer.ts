import { type Batch, batchAt, batchCount, epochOrder } from "../datasets/batching.ts";
import { catalogue as catalogueOf } from "../datasets/catalogue.ts";
import type { Interactions } from "../datasets/interactions.ts";
import { SeenItems } from "../datasets/negatives.ts";
import type { TensorData } from "../graphs/tensor.ts";
import { Rng } from "../random/rng.ts";
import type { Program, Result, SavedTensor } from "../runtime/runtime.ts";
import type { Draw, Sampler } from "../samplers/sampler.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Best, EpochReport, Recipe } from "./recipe.ts";
import { proposedInput, stepInputs, trainingStep } from "./step.ts";

/** On WebGPU a readback waits about 11 ms, so losses are read this many steps at a time. */
const STEPS_PER_READ = 32;

/**
 * Trains epoch by epoch; `break` is early stopping. When the generator ends, by itself or by `break`, the runtime's
 * variables are those of the best evaluated epoch.
 *
 * @throws TypeError where the recipe does not fit together, before anything is trained.
 * @throws RangeError where a loss is not finite, naming epoch and step.
 * @throws the signal's reason, where it stops the run; `keep` has then been called.
 */
export async function* train(recipe: Recipe): AsyncGenerator<EpochReport, void, void> {
  const { epochs = 100, evaluate, selectBy, evaluateEvery = 5, patience = 10 } = recipe;
  if (evaluate && !selectBy) {
    throw new TypeError('Cannot train: "evaluate" is given but "selectBy" does not say which metric decides');
  }
  const run = await openRun(recipe);
  const { runtime, resume } = recipe;
  let best: Best | null = resume?.best ?? null;
  let bestTensors: ReadonlyMap<string, SavedTensor> = resume?.bestTensors ?? new Map();
  let waited = resume?.waited ?? 0;
  const keep = async (at: { epoch: number; step: number; lossSum: number }) => {
    const tensors = await runtime.save();
    await recipe.keep?.({ ...at, waited, best, tensors, bestTensors, samplerState: copyState(recipe.sampler) });
  };
  try {
    for (let epoch = resume?.epoch ?? 0; epoch < epochs && waited < patience; epoch++) {
      const start = epoch === resume?.epoch ? resume : { step: 0, lossSum: 0 };
      const done = await run.epoch(epoch, start, keep);
      const since = performance.now();
      const metrics = evaluate && (epoch % evaluateEvery === 0 || epoch === epochs - 1) ? await evaluate() : null;
      if (metrics) {
        const value = metrics[selectBy!];
        if (value === undefined) {
          throw new TypeError(`Cannot select by "${selectBy}": the metrics are ${Object.keys(metrics).join(", ")}`);
        }
        const bestValue = best?.metrics[selectBy!] ?? NaN;
        if (Number.isNaN(bestValue) || value >= bestValue) {
          best = { epoch, metrics };
          bestTensors = variablesOf(await runtime.save());
          waited = 0;
        } else waited++;
      }
      const evaluating = (performance.now() - since) / 1000;
      if (metrics) await keep({ epoch: epoch + 1, step: 0, lossSum: 0 });
      yield {
        epoch,
        steps: run.steps,
        loss: done.lossSum / run.steps,
        lossSum: done.lossSum,
        seconds: { ...done.seconds, evaluating },
        ...metrics && { metrics },
        ...best && { best },
      };
    }
  } finally {
    if (best) await runtime.load(bestTensors);
    await run.dispose();
  }
}

/** Without what optimisers keep. */
const variablesOf = (tensors: ReadonlyMap<string, SavedTensor>) =>
  new Map([...tensors].filter(([name]) => !name.includes("#")));

const copyState = ({ state = {} }: Sampler): Checkpoint["samplerState"] =>
  Object.fromEntries(Object.entries(state).map(([name, data]) => [name, data.slice()]));

function restoreState({ state = {} }: Sampler, saved: Checkpoint["samplerState"]): void {
  for (const [name, data] of Object.entries(state)) data.set(saved[name] ?? []);
}

interface Position {
  readonly step: number;
  readonly lossSum: number;
}
type Keep = (at: { epoch: number; step: number; lossSum: number }) => Promise<void>;

/** Everything a run holds open: the compiled step, and the random streams. */
async function openRun(recipe: Recipe) {
  const { runtime, backbone, sampler, loss, optimizer, seed = 0, batchSize = 2048, dropLast = false, l2 = 1e-4 } =
    recipe;
  const catalogue = catalogueOf(recipe.data), seen = new SeenItems(catalogue), data = trainable(recipe.data, seen);
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`Cannot train with "batchSize" ${batchSize}: it is a whole number of at least 1`);
  }
  const batching = { size: batchSize, dropLast }, steps = batchCount(data.users.length, batching);
  if (steps === 0) {
    throw new TypeError(
      `Cannot train: ${data.users.length} interactions make no batch of ${batchSize}` +
        (dropLast ? '; a smaller "batchSize", or "dropLast: false", would' : ""),
    );
  }
  const padded = !dropLast && data.users.length % batchSize !== 0;
  const built = trainingStep({ backbone, sampler, loss, catalogue, batchSize, padded, l2 });
  const reports = built.negatives.report ?? {};
  if (recipe.resume) {
    await runtime.load(recipe.resume.tensors);
    restoreState(sampler, recipe.resume.samplerState);
  }
  const program: Program = await runtime.compile(built.graph, {
    outputs: { loss: built.loss, ...reports },
    updates: [...built.gradients].map(([variable, gradient]) => ({ variable, gradient, rule: optimizer })),
  });
  const order = new Rng(seed, "order"), rng = new Rng(seed, "sampler");
  const drawAt = (epoch: number): Draw => ({ catalogue, seen, rng, epoch });

  return {
    steps,
    dispose: () => program.dispose(),
    async epoch(epoch: number, start: Position, keep: Keep) {
      const visiting = epochOrder(data.users.length, epoch, order), draw = drawAt(epoch);
      const pending: Pending[] = [], spent = { sampling: 0, stepping: 0 };
      const perRead = sampler.observe || runtime.provider === "wasm" ? 1 : STEPS_PER_READ;
      let { lossSum } = start;
      const settle = async () => {
        const found = await runtime.read(pending.map(({ result }) => result));
        found.forEach((outputs, at) => {
          const { batch, step } = pending[at]!, value = outputs.loss![0] as number;
          if (!Number.isFinite(value)) throw notFinite(value, epoch, step);
          lossSum += value;
          sampler.observe?.(outputs as Record<string, Int32Array | Float32Array>, batch);
        });
        pending.length = 0;
      };
      for (let step = start.step; step < steps; step++) {
        const t0 = performance.now();
        const batch = batchAt(data, visiting, step, batching);
        const proposed = await sampler.propose(batch, draw);
        const t1 = performance.now();
        pending.push({ batch, step, result: await program.start(feedsOf(batch, proposed, epoch)) });
        if (pending.length === perRead || step === steps - 1) await settle();
        spent.sampling += t1 - t0;
        spent.stepping += performance.now() - t1;
        recipe.onStep?.({ epoch, step, steps });
        if (recipe.signal?.aborted) {
          await settle();
          await keep({ epoch, step: step + 1, lossSum });
          recipe.signal.throwIfAborted();
        }
      }
      await sampler.endEpoch?.(draw);
      return { lossSum, seconds: { sampling: spent.sampling / 1000, stepping: spent.stepping / 1000 } };
    },
  };
}

interface Pending {
  readonly batch: Batch;
  readonly step: number;
  readonly result: Result;
}

function feedsOf(
  batch: Batch,
  proposed: Readonly<Record<string, Int32Array>>,
  epoch: number,
): Record<string, TensorData> {
  const size = batch.users.length;
  return {
    [stepInputs.users]: batch.users,
    [stepInputs.positives]: batch.positives,
    [stepInputs.rows]: new Float32Array(size).fill(1, 0, batch.rows),
    [stepInputs.epoch]: Float32Array.of(epoch),
    ...Object.fromEntries(Object.entries(proposed).map(([name, ids]) => [proposedInput(name), ids])),
  };
}

/** The interactions that a negative can be found for: a user who has met every item has none. */
function trainable(data: Interactions, seen: SeenItems): Pick<Interactions, "users" | "items"> {
  if (data.users.every((user) => seen.unseenCount(user) > 0)) return data;
  const keeps = (_: number, at: number) => seen.unseenCount(data.users[at]!) > 0;
  return { users: data.users.filter(keeps), items: data.items.filter(keeps) };
}

function notFinite(value: number, epoch: number, step: number): RangeError {
  return new RangeError(
    `Training stopped: the loss is ${value} at epoch ${epoch}, step ${step}; a smaller learning rate often helps`,
  );
}
