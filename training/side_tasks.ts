import type { Batch } from "../datasets/batching.ts";
import { entryRows } from "../datasets/entry_rows.ts";
import { SeenItems } from "../datasets/negatives.ts";
import type { Value } from "../graphs/builder.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import type { TensorData } from "../graphs/tensor.ts";
import type { Loss } from "../losses/loss.ts";
import type { SideTask } from "../models/backbone.ts";
import type { Objective, TaskStep } from "../samplers/sampler.ts";
import { Rng } from "../random/rng.ts";
import { type Decay, decayOf, withDecay } from "./decay.ts";
import { lossOfScores, type OwnScores } from "./loss_of_scores.ts";
import { SCOPES } from "./scopes.ts";

/** The inputs that a task's pairs are fed to. */
const inputsOf = ({ name }: SideTask) => ({
  users: `${SCOPES.tasks}/${name}/users`,
  positives: `${SCOPES.tasks}/${name}/positives`,
  negatives: `${SCOPES.tasks}/${name}/negatives`,
});

/** What a step's tasks share with its rows. */
type Shared = Omit<OwnScores, "positive" | "negative" | "counts" | "ids"> & {
  readonly batchSize: number;
  readonly decay: Decay;
};

/**
 * Declares a task's inputs and what is lost over them, and that with its decay, times the task's weight: the recipe's loss
 * of the pairs and their negatives, or, where the sampler has an objective that takes none, that, `whole`.
 *
 * @throws TypeError where the loss takes more than scores.
 */
export function taskLoss(task: SideTask, loss: Loss, shared: Shared, whole?: Objective["ofTask"]) {
  const { batchSize, decay, ...common } = shared, { graph, rows } = common, names = inputsOf(task);
  const users = graph.input(names.users, "int32", [batchSize]);
  const positiveIds = graph.input(names.positives, "int32", [batchSize, 1]);
  const encoder = task.encode(users), { query, items, dot } = encoder, decays = decayOf(encoder);
  const positive = items(positiveIds), vectors = [decays.query, decays.items(positive)];
  const weighed = (lost: Value, vectors: readonly Value[]) => ({
    lost,
    weighed: mul(task.weight, withDecay(lost, vectors, decay)),
  });
  if (whole) {
    const ids = { query, positive, positiveIds, userIds: users, items };
    const step = { graph, ...ids, ...rows && { rowMask: rows }, ...dot && { dot }, met: metOf(task) };
    return weighed(graph.scope(`${SCOPES.tasks}/${task.name}`, () => whole(step)), vectors);
  }
  const negativeIds = graph.input(names.negatives, "int32", [batchSize, task.negatives]), negative = items(negativeIds);
  const lost = lossOfScores(loss, {
    ...common,
    counts: { users: task.pairs.offsets.length - 1, items: task.items },
    ids: { users, positive: positiveIds, negative: negativeIds },
    positive: encoder.score(query, positive),
    negative: encoder.score(query, negative),
  }, "this backbone");
  return weighed(lost, [...vectors, decays.items(negative)]);
}

/** A task's pairs, as a log is known. */
function metOf({ pairs: { offsets, targets }, items }: SideTask): TaskStep["met"] {
  const popularity = new Int32Array(items);
  for (const item of targets) popularity[item]!++;
  return { users: offsets.length - 1, items, offsets, positives: targets, popularity };
}

/** Draws what a step's side tasks are fed. */
export type TaskFeeds = (batch: Batch, epoch: number) => Readonly<Record<string, TensorData>>;

/**
 * Opens the tasks of a run. A row's pair comes from a stream of its own, found by (epoch, row): it depends on nothing
 * that was drawn before.
 *
 * @throws TypeError where no pair of a task has a user who can have a negative.
 */
export function openTasks(tasks: readonly SideTask[], seed: number): TaskFeeds {
  const opened = tasks.map((task) => {
    const { name, pairs: { offsets, targets }, items } = task, users = offsets.length - 1;
    const seen = new SeenItems({ users, items, offsets, positives: targets }), userOf = entryRows({ offsets });
    const pairs = Int32Array.from(userOf.keys()).filter((pair) => seen.unseenCount(userOf[pair]!) > 0);
    if (pairs.length === 0) {
      throw new TypeError(`Cannot train on "${name}": it has no pair of a user who has not met all of its items`);
    }
    return { task, seen, userOf, pairs, rng: new Rng(seed, `${SCOPES.tasks} ${name}`) };
  });
  return ({ users: { length }, rows, first }, epoch) =>
    Object.fromEntries(opened.flatMap(({ task, seen, userOf, pairs, rng }): [string, Int32Array][] => {
      const users = new Int32Array(length), positives = new Int32Array(length), { negatives: count } = task;
      const negatives = new Int32Array(length * count), names = inputsOf(task);
      for (let row = 0; row < rows; row++) {
        const stream = rng.seek(epoch, first + row), pair = pairs[stream.below(pairs.length)]!;
        users[row] = userOf[pair]!;
        positives[row] = task.pairs.targets[pair]!;
        seen.fillUnseen(users[row]!, stream, negatives, row * count, count);
      }
      const pair: [string, Int32Array][] = [[names.users, users], [names.positives, positives]];
      return count > 0 ? [...pair, [names.negatives, negatives]] : pair;
    }));
}
