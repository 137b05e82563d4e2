import type { Batch } from "../datasets/batching.ts";
import type { TensorData } from "../graphs/tensor.ts";
import { historyFeeds } from "../models/history_inputs.ts";
import { Rng } from "../random/rng.ts";
import type { Feeds } from "../runtime/runtime.ts";
import type { Proposed, Sampler } from "../samplers/sampler.ts";
import type { Noise } from "./players.ts";
import type { TaskFeeds } from "./side_tasks.ts";
import { proposedInput, stepInputs } from "./step.ts";

/**
 * All that a step is fed: its batch, what the sampler proposed, what side tasks ask for, and noise.
 *
 * @throws RangeError where the sampler proposed NaN.
 */
export class StepFeeds {
  readonly #taskFeeds: TaskFeeds;
  readonly #noises: readonly (Noise & { readonly rng: Rng })[];
  /** What of the sampler's each row is fed for itself. */
  readonly #perRow: readonly string[];

  constructor(
    { proposes }: Pick<Sampler, "proposes">,
    { taskFeeds, noises }: { readonly taskFeeds: TaskFeeds; readonly noises: readonly Noise[] },
    { batchSize, seed }: { readonly batchSize: number; readonly seed: number },
  ) {
    this.#taskFeeds = taskFeeds;
    this.#noises = noises.map((noise) => ({ ...noise, rng: new Rng(seed, noise.name) }));
    this.#perRow = Object.entries(proposes).flatMap(([name, feed]) =>
      typeof feed === "number" || (feed.shape[0] === batchSize && !feed.shared) ? [name] : []
    );
  }

  of(batch: Batch, proposed: Proposed, epoch: number, step: number): Feeds {
    checkNumbers(proposed, epoch, step);
    const rowsProposed = alike(batch, this.#perRow.map((name) => [name, proposed[name]!]));
    const tasks = this.#taskFeeds(batch, epoch);
    const noises = this.#noises.map((noise) => ({ ...noise, data: drawn(noise, epoch, step) }));
    const rowsNoises = noises.filter(({ perRow }) => perRow);
    return {
      [stepInputs.users]: batch.users,
      [stepInputs.positives]: batch.positives,
      [stepInputs.rows]: new Float32Array(batch.users.length).fill(1, 0, batch.rows),
      [stepInputs.epoch]: Float32Array.of(epoch),
      ...batch.history && historyFeeds(batch.history),
      ...Object.fromEntries(
        Object.entries({ ...proposed, ...rowsProposed }).map(([name, fed]) => [proposedInput(name), fed]),
      ),
      ...tasks,
      ...alike(batch, Object.entries(tasks)),
      ...Object.fromEntries(noises.map(({ name, data }) => [name, data])),
      ...alike(batch, rowsNoises.map(({ name, data }) => [name, data])),
    };
  }
}

/** A weight or a logQ that is no number would go unnoticed: losses take what is not above 0 for what weighs nothing. */
function checkNumbers(proposed: Proposed, epoch: number, step: number): void {
  for (const [name, fed] of Object.entries(proposed)) {
    if (!(fed instanceof Float32Array)) continue;
    let at = 0;
    while (at < fed.length && fed[at] === fed[at]) at++; // NaN alone is not itself; quicker than a function for each
    if (at === fed.length) continue;
    throw new RangeError(
      `Training stopped: the sampler proposed "${name}" with NaN at ${at}, at epoch ${epoch}, step ${step}`,
    );
  }
}

function drawn({ length, normal, rng }: Noise & { readonly rng: Rng }, epoch: number, step: number): Float32Array {
  const stream = rng.seek(epoch, step), noise = new Float32Array(length);
  if (!normal) stream.fillUniform(noise);
  else for (let at = 0; at < length; at++) noise[at] = stream.normal();
  return noise;
}

/**
 * What is fed where rows pad a batch: they are as its first row, as their user and positive are. So they choose no item that
 * the batch would not, and an optimiser that moves the rows a step touches moves no others.
 */
function alike(
  { users: { length }, rows }: Batch,
  fed: readonly (readonly [string, TensorData])[],
): Readonly<Record<string, TensorData>> {
  return Object.fromEntries(
    (rows < length ? fed : []).map(([name, given]) => {
      const data = given.slice(), width = data.length / length;
      for (let row = rows; row < length; row++) data.copyWithin(row * width, 0, width);
      return [name, data];
    }),
  );
}
