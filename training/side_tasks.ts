import type { Batch } from "../datasets/batching.ts";
import { entryRows } from "../datasets/entry_rows.ts";
import { SeenItems } from "../datasets/negatives.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import type { TensorData } from "../graphs/tensor.ts";
import type { Loss } from "../losses/loss.ts";
import type { SideTask } from "../models/backbone.ts";
import { Rng } from "../random/rng.ts";
import { type Decay, firstLayer, withDecay } from "./decay.ts";
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
 * Declares a task's inputs and what is lost over them, and that with its decay, times the task's weight.
 *
 * @throws TypeError where the loss takes more than scores.
 */
export function taskLoss(task: SideTask, loss: Loss, { batchSize, decay, ...common }: Shared) {
  const { graph } = common, names = inputsOf(task), { pairs, items: count, weight, negatives } = task;
  const ids = {
    users: graph.input(names.users, "int32", [batchSize]),
    positive: graph.input(names.positives, "int32", [batchSize, 1]),
    negative: graph.input(names.negatives, "int32", [batchSize, negatives]),
  };
  const { query, items, score, decayed = firstLayer(query) } = task.encode(ids.users);
  const positive = items(ids.positive), negative = items(ids.negative);
  const counts = { users: pairs.offsets.length - 1, items: count };
  const scores = { ...common, counts, ids, positive: score(query, positive), negative: score(query, negative) };
  const lost = lossOfScores(loss, scores, "this backbone");
  return { lost, weighed: mul(weight, withDecay(lost, [decayed, firstLayer(positive), firstLayer(negative)], decay)) };
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
  return ({ users: { length }, first }, epoch) =>
    Object.fromEntries(opened.flatMap(({ task, seen, userOf, pairs, rng }): [string, Int32Array][] => {
      const users = new Int32Array(length), positives = new Int32Array(length), { negatives: count } = task;
      const negatives = new Int32Array(length * count), names = inputsOf(task);
      for (let row = 0; row < length; row++) {
        const stream = rng.seek(epoch, first + row), pair = pairs[stream.below(pairs.length)]!;
        users[row] = userOf[pair]!;
        positives[row] = task.pairs.targets[pair]!;
        seen.fillUnseen(users[row]!, stream, negatives, row * count, count);
      }
      return [[names.users, users], [names.positives, positives], [names.negatives, negatives]];
    }));
}
