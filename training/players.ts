import { RowGradient, type Value } from "../graphs/builder.ts";
import { neg } from "../graphs/ops/arithmetic.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { Feeds, Result, Update } from "../runtime/runtime.ts";
import { adam } from "./optimizers.ts";
import type { Recipe } from "./recipe.ts";
import { SCOPES } from "./scopes.ts";
import { openTasks, type TaskFeeds } from "./side_tasks.ts";
import { type StepRecipe, type TrainingStep, trainingStep } from "./step.ts";
import { type Watched, watched } from "./watched.ts";

/** The output that a measure is asked for as. */
const measureOutput = (name: string) => `measures/${name}`;

/** Who moves in a step: a compiled step that updates the variables of one side. */
export interface Player {
  start(feeds: Feeds): Promise<Result>;
}

/** A run's compiled steps: one, or two where the loss has an adversary, who take turns by epochs. */
export interface Players {
  of(epoch: number): Player;
  /** What is measured beside the loss, and the outputs that bring it. */
  readonly measures: readonly { readonly name: string; readonly output: string }[];
  /** What the outputs say of a step's negatives, where that is asked for. */
  readonly watching: Watched | undefined;
  /** What the backbone's side tasks are fed. */
  readonly taskFeeds: TaskFeeds;
  /** The noise that each step must be fed. */
  readonly noises: readonly Noise[];
  dispose(): Promise<void>;
}

/** Random numbers that a step is fed. */
export interface Noise {
  readonly name: string;
  readonly length: number;
  readonly normal: boolean;
  /** Whether each row of the batch has as many of them, by which its sampler chooses. */
  readonly perRow: boolean;
}

/** What a run knows beside its recipe. */
type StepParts = Omit<StepRecipe, "backbone" | "loss" | "l2">;

/** Builds and compiles a recipe's steps. @throws TypeError where its parts do not fit together. */
export async function compilePlayers(recipe: Recipe, opened: StepParts): Promise<Players> {
  const { runtime, backbone, loss, l2 = 1e-4 } = recipe, { adversary } = loss;
  const compile = async (choose: (step: TrainingStep) => readonly Update[]) => {
    const step = trainingStep({ backbone, loss, l2, ...opened });
    const watching = recipe.diagnose === false ? undefined : watched(step);
    const outputs: Record<string, Value> = {
      loss: step.loss,
      ...step.auxiliary && { auxiliary: step.auxiliary },
      ...Object.fromEntries(Object.entries(step.measures).map(([name, value]) => [measureOutput(name), value])),
      ...step.negatives.report,
      ...watching?.outputs,
    };
    return { step, watching, program: await runtime.compile(step.graph, { outputs, updates: choose(step) }) };
  };
  const isAdversary = ({ name }: { readonly name: string }) =>
    adversary !== undefined && name.startsWith(`${SCOPES.loss}/`);
  const ofSampler = ({ name }: { readonly name: string }) => name.startsWith(`${SCOPES.sampler}/`);
  const { learningRate } = opened.sampler,
    samplerRule = learningRate === undefined ? recipe.optimizer : adam({ lr: learningRate });
  const descent = await compile(({ gradients }) =>
    [...gradients].filter(([variable]) => !isAdversary(variable)).map(([variable, gradient]) => ({
      variable,
      gradient,
      rule: ofSampler(variable) ? samplerRule : recipe.optimizer,
    }))
  );
  const ascent = adversary &&
    await compile(({ gradients }) =>
      [...gradients].filter(([variable]) => isAdversary(variable)).map(([variable, gradient]) => ({
        variable,
        gradient: negated(gradient),
        rule: adam({ lr: adversary.learningRate }),
      }))
    );
  return {
    of: (epoch) => ascent && adversary.ascends(epoch) ? ascent.program : descent.program,
    measures: Object.keys(descent.step.measures).map((name) => ({ name, output: measureOutput(name) })),
    watching: descent.watching,
    taskFeeds: openTasks(descent.step.tasks, recipe.seed ?? 0),
    noises: [...descent.step.graph.noises.values()].map(({ name, shape }) => ({
      name,
      length: sizeOf(shape),
      normal: descent.step.graph.normals.has(name),
      perRow: name.startsWith(`${SCOPES.sampler}/`) && shape[0] === opened.batchSize,
    })),
    dispose: async () => {
      await descent.program.dispose();
      await ascent?.program.dispose();
    },
  };
}

const negated = (gradient: Value | RowGradient) =>
  gradient instanceof RowGradient
    ? new RowGradient(gradient.parts.map(({ ids, rows }) => ({ ids, rows: neg(rows) })))
    : neg(gradient);
