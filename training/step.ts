import type { Catalogue } from "../datasets/catalogue.ts";
import type { HistoryCaps } from "../datasets/histories.ts";
import { gradients, pathsTo } from "../graphs/autodiff.ts";
import { GraphBuilder, type RowGradient, type Value, type Variable } from "../graphs/builder.ts";
import { add, stopGradient } from "../graphs/ops/arithmetic.ts";
import type { Loss, Scores } from "../losses/loss.ts";
import type { Backbone, Encoder, SideTask } from "../models/backbone.ts";
import { historyInputs } from "../models/history_inputs.ts";
import { pointOf } from "../models/point.ts";
import type { Negatives, Objective, Sampler, Step } from "../samplers/sampler.ts";
import { type Decay, decayOf, type Kept, withDecay } from "./decay.ts";
import { lossOfScores } from "./loss_of_scores.ts";
import { checkEncoder, checkLost, checkNegatives, checkReport, checkScores } from "./returned.ts";
import { isModel, SCOPES } from "./scopes.ts";
import { taskLoss } from "./side_tasks.ts";
import { vectorsOnly } from "./vectors_only.ts";

/** What meets in one step. */
export interface StepRecipe {
  readonly backbone: Backbone;
  readonly sampler: Sampler;
  readonly loss: Loss;
  readonly catalogue: Catalogue;
  /** Rows of a batch, R. */
  readonly batchSize: number;
  /** Whether a batch may hold fewer interactions than rows; the input `rows` [R, 1] then says which count. */
  readonly padded: boolean;
  /** How much of histories a batch holds, where the backbone reads them. */
  readonly histories?: HistoryCaps;
  /** Weight of the squared first-layer vectors of a row's query and items, halved and averaged over rows. */
  readonly l2: number;
}

/** A training step as a graph: what it loses, and how that falls. */
export interface TrainingStep {
  readonly graph: GraphBuilder;
  /** Ranking loss and weight decay: what is reported. */
  readonly loss: Value; // []
  /** What is lost beside it: the sampler's own loss, and the backbone's side tasks times their weights. */
  readonly auxiliary?: Value; // []
  /** What each step is to be fed of, too. */
  readonly tasks: readonly SideTask[];
  /** Scalars that the sampler and the loss have watched, and the loss of each side task. */
  readonly measures: Readonly<Record<string, Value>>; // [] each
  readonly negatives: Negatives | Objective;
  /** One vector of a representation, [.., L, D] -> [.., 1, D']: layers as ranking takes them, biases left out. */
  point(x: Value): Value;
  /** Scores of the positives, and of the negatives that were used, where there are any. */
  readonly scores: { readonly positive: Value; readonly negative?: Value };
  readonly gradients: ReadonlyMap<Variable, Value | RowGradient>;
}

/** Names of a step's inputs. What the sampler proposes follows as `sampler/<name>`. */
export const stepInputs = { users: "users", positives: "positives", rows: "rows", epoch: "epoch" } as const;
/** The input that a sampler's proposed tensor is fed to. */
export const proposedInput = (name: string): string => `${SCOPES.sampler}/${name}`;

/**
 * Builds the graph of one training step and its reverse pass.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { SeenItems } from "../datasets/negatives.ts";
 * import { RowGradient } from "../graphs/builder.ts";
 * import { bpr } from "../losses/bpr.ts";
 * import { mf } from "../models/mf.ts";
 * import { rns } from "../samplers/rns.ts";
 * import { trainingStep } from "./step.ts";
 *
 * const of = catalogue(interactions({ users: [0], items: [0], userCount: 9, itemCount: 9 }));
 * const sampler = rns({ negatives: 3 })({ catalogue: of, seen: new SeenItems(of), rows: 4, epochs: 1 });
 * const about = { catalogue: of, batchSize: 4, padded: false, l2: 0 };
 * const { graph, scores, gradients } = trainingStep({ backbone: mf({ dim: 2 }), sampler, loss: bpr(), ...about });
 * assert.deepEqual([...graph.inputs.keys()], ["users", "positives", "epoch", "sampler/ids"]); // fed at each step
 * assert.deepEqual([scores.positive.shape, scores.negative!.shape], [[4, 1], [4, 3]]);
 * const byRow = Array.from(gradients, ([{ name }, gradient]) => [name, gradient instanceof RowGradient]);
 * assert.deepEqual(byRow, [["user", true], ["item", true]]);
 * ```
 */
export function trainingStep(recipe: StepRecipe): TrainingStep {
  const { backbone, sampler, loss, catalogue, batchSize, padded, histories, l2 } = recipe;
  const graph = new GraphBuilder();
  const ids = {
    users: graph.input(stepInputs.users, "int32", [batchSize]),
    positive: graph.input(stepInputs.positives, "int32", [batchSize, 1]),
  };
  const epoch = graph.input(stepInputs.epoch, "float32", []);
  const rows = padded ? graph.input(stepInputs.rows, "float32", [batchSize, 1]) : undefined;
  const history = histories && historyInputs(graph, histories, batchSize);
  const batch = { rows: batchSize, users: ids.users, training: true, ...history && { history } };
  const { encoder, watch } = vectorsOnly(graph, backbone.build(graph, catalogue, batch)),
    { query, shared, dot, denoiser, tasks = [] } = encoder;
  if (!denoiser !== !loss.denoises) throw unmatched(loss);
  const positive = encoder.items(ids.positive), point = pointOf(encoder); // [R, 1, L, D]
  checkEncoder(encoder, positive, batchSize);
  const counts = { users: catalogue.users, items: catalogue.items };
  const common = { graph, epoch, counts, ids, ...rows && { rows } };
  const step: Step = {
    graph,
    rows: batchSize,
    catalogue,
    query,
    ...shared && { shared },
    positive,
    positiveIds: ids.positive,
    userIds: ids.users,
    ...rows && { rowMask: rows },
    epoch,
    items: encoder.items,
    point,
    ...dot && { dot },
    score: (items, from = query) => encoder.score(from, items),
    loss: (positive, negative, mask) =>
      lossOfScores(loss, { ...common, positive, negative, ...mask && { mask } }, "this sampler"),
  };
  const found = graph.scope(
    SCOPES.sampler,
    () => watch("sampler", () => sampler.select(step, proposedInputs(graph, sampler, batchSize))),
  );
  checkReport(found);
  const measures: Record<string, Value> = {};
  const measure = (values: typeof measures) => void Object.assign(measures, values);
  const decay: Decay = { l2, batchSize, ...rows && { rows } };

  // tasks come before the ranking: a loss that would learn variables for both is refused by name
  const beside = "auxiliary" in found && found.auxiliary ? [found.auxiliary] : [];
  const whole = "objective" in found ? found.ofTask : undefined;
  for (const task of tasks) {
    const { lost, weighed } = taskLoss(task, loss, { ...common, batchSize, decay }, whole);
    measure({ [task.name]: lost });
    beside.push(weighed);
  }
  const positiveScore = step.score(positive);
  checkScores(positiveScore, positive, batchSize);
  const decays = decayOf(encoder), decayed = [decays.query, decays.items(positive)];
  const rank = (): Ranked => {
    if ("objective" in found) {
      if (denoiser) throw unmatched();
      const { objective, negatives, decayed = [] } = found;
      checkLost("the sampler's select", "objective", objective);
      return { lost: objective, decayed, ...negatives && { negative: step.score(negatives.items) } };
    }
    checkNegatives(found, positive);
    const { items, ids: drawn, measures = {}, sources: _, auxiliary: _own, report: _read, ...said } = found;
    const negative = step.score(items);
    checkScores(negative, items, batchSize);
    measure(measures);
    const frozen = loss.frozen &&
      graph.scope(SCOPES.frozen, () => backbone.build(graph, catalogue, { ...batch, training: false }));
    const scores: Scores = {
      ...common,
      ...said,
      positive: positiveScore,
      negative,
      ids: { ...ids, ...drawn && { negative: drawn } },
      vectors: { query, positive, negative: items },
      ...frozen && { frozen: frozenScores(frozen, ids.positive, drawn) },
      ...denoiser && { denoiser },
      measure,
    };
    const kept = { vectors: decays.items(items), ...said.mask && { mask: said.mask } };
    const lost = graph.scope(SCOPES.loss, () => watch("loss", () => loss(scores)));
    checkLost("the loss", "its value", lost);
    return { lost, decayed: [], kept, negative };
  };
  const ranked = rank();
  const lost = withDecay(ranked.lost, [...decayed, ...ranked.decayed.map(decays.items)], decay, ranked.kept);
  const trainable = [...graph.variables.values()].filter(({ trainable, name }) => trainable && !isFrozen(name));
  if (trainable.length === 0) {
    throw new TypeError("Cannot train: nothing of the backbone is trained, all of it is frozen");
  }
  if (!pathsTo(trainable)(ranked.lost)) {
    throw new TypeError(
      "Cannot train: no gradient of the loss reaches a variable; it is made of what is constant or behind `stopGradient`",
    );
  }
  const moved = gradients([lost, ...beside].reduce(add), trainable);
  const idle = trainable.find((variable) => !moved.has(variable) && !isModel(variable.name));
  if (idle) {
    throw new TypeError(
      `Cannot train: no gradient reaches variable "${idle.name}"; one that is not to learn is declared with { trainable: false }`,
    );
  }
  return {
    graph,
    loss: lost,
    ...beside.length > 0 && { auxiliary: beside.reduce(add) },
    tasks: whole ? tasks.map((task) => ({ ...task, negatives: 0 })) : tasks,
    measures,
    negatives: found,
    point,
    scores: { positive: positiveScore, ...ranked.negative && { negative: ranked.negative } },
    gradients: moved,
  };
}

/** What a step's rows lose. */
interface Ranked {
  readonly lost: Value; // []
  /** Vectors of items, beside the positives', that decay. */
  readonly decayed: readonly Value[]; // [R, .., L, D] each
  /** Negatives, of which those decay that are not masked. */
  readonly kept?: Kept;
  readonly negative?: Value; // [R, N]
}

/** Of a denoiser without a loss that trains it, or such a loss without a denoiser. */
function unmatched(loss?: Loss): TypeError {
  return new TypeError(
    loss?.denoises
      ? "Cannot combine this loss with this backbone: the loss is of a denoiser's guesses, and the backbone has no denoiser (preferdiff has one)"
      : `Cannot combine this backbone with this ${
        loss ? "loss" : "sampler"
      }: a denoiser makes its queries, which only a loss of diffusion trains (loss preferdiff)${
        loss ? "" : ", and the sampler brings an objective of its own"
      }`,
  );
}

const isFrozen = (name: string) => name.startsWith(`${SCOPES.frozen}/`);

/** The graph's inputs for what a sampler proposes. */
function proposedInputs(graph: GraphBuilder, { proposes }: Sampler, rows: number): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(proposes).map(([name, feed]) => [
      name,
      typeof feed === "number"
        ? graph.input(name, "int32", [rows, counted(name, feed)])
        : graph.input(name, feed.dtype, feed.shape),
    ]),
  );
}

function counted(name: string, ids: number): number {
  if (Number.isInteger(ids) && ids >= 1) return ids;
  throw new TypeError(
    `Cannot train: the sampler proposes ${ids} "${name}" a row; that is a whole number of at least 1`,
  );
}

/** Scores of the same items under the frozen copy. @throws TypeError where the negatives have no ids to look up. */
function frozenScores({ query, items, score }: Encoder, positiveIds: Value, ids?: Value) {
  if (!ids) {
    throw new TypeError(
      "Cannot combine this loss with this sampler: the loss compares with a frozen model, which scores items by id, and the sampler's negatives are synthesised",
    );
  }
  const scores = (of: Value) => stopGradient(score(query, items(of)));
  return { positive: scores(positiveIds), negative: scores(ids) };
}
