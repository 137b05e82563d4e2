import type { Batch } from "../datasets/batching.ts";
import { entryRows } from "../datasets/entry_rows.ts";
import { SeenItems } from "../datasets/negatives.ts";
import type { Value } from "../graphs/builder.ts";
import type { TensorData } from "../graphs/tensor.ts";
import type { Encoder, SideTask } from "../models/backbone.ts";
import { Rng } from "../random/rng.ts";
import { SCOPES } from "./scopes.ts";

/** The inputs that a task's pairs are fed to. */
const inputsOf = ({ name }: SideTask) => ({
  users: `${SCOPES.tasks}/${name}/users`,
  positives: `${SCOPES.tasks}/${name}/positives`,
  negatives: `${SCOPES.tasks}/${name}/negatives`,
});

/** A task in a step's graph: its pairs by id, and the model's functions for their users. */
export interface TaskRows {
  readonly users: Value; // [R]
  readonly positives: Value; // [R, 1]
  readonly negatives: Value; // [R, N]
  readonly encoder: Encoder;
}

/** Declares a task's inputs. */
export function taskRows({ graph }: Value, rows: number, task: SideTask): TaskRows {
  const { users, positives, negatives } = inputsOf(task), asked = graph.input(users, "int32", [rows]);
  return {
    users: asked,
    positives: graph.input(positives, "int32", [rows, 1]),
    negatives: graph.input(negatives, "int32", [rows, task.negatives]),
    encoder: task.encode(asked),
  };
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
