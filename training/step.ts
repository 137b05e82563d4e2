import type { Catalogue } from "../datasets/catalogue.ts";
import { gradients } from "../graphs/autodiff.ts";
import { GraphBuilder, type RowGradient, type Value, type Variable } from "../graphs/builder.ts";
import { add, div, mul, stopGradient } from "../graphs/ops/arithmetic.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape, slice, unsqueeze } from "../graphs/ops/shape.ts";
import type { Loss, Scores } from "../losses/loss.ts";
import type { Backbone, Encoder, SideTask } from "../models/backbone.ts";
import type { Negatives, Objective, Sampler, Step } from "../samplers/sampler.ts";
import { SCOPES } from "./scopes.ts";
import { taskRows } from "./side_tasks.ts";

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
  /** Scores of the positives, and of the negatives that were used, where there are any. */
  readonly scores: { readonly positive: Value; readonly negative?: Value };
  readonly gradients: ReadonlyMap<Variable, Value | RowGradient>;
}

/** Names of a step's inputs. What the sampler proposes follows as `sampler/<name>`. */
export const stepInputs = { users: "users", positives: "positives", rows: "rows", epoch: "epoch" } as const;
/** The input that a sampler's proposed tensor is fed to. */
export const proposedInput = (name: string): string => `${SCOPES.sampler}/${name}`;

/** Builds the graph of one training step and its reverse pass. */
export function trainingStep({ backbone, sampler, loss, catalogue, batchSize, padded, l2 }: StepRecipe): TrainingStep {
  const graph = new GraphBuilder();
  const userIds = graph.input(stepInputs.users, "int32", [batchSize]);
  const positiveIds = graph.input(stepInputs.positives, "int32", [batchSize, 1]);
  const epoch = graph.input(stepInputs.epoch, "float32", []);
  const rows = padded ? graph.input(stepInputs.rows, "float32", [batchSize, 1]) : undefined;
  const batch = { rows: batchSize, users: userIds, training: true };
  const encoder = backbone.build(graph, catalogue, batch);
  const positive = encoder.items(positiveIds); // [R, 1, L, D]
  const common = {
    graph,
    epoch,
    counts: { users: catalogue.users, items: catalogue.items },
    ...rows && { rows },
  };
  const rowIds = { users: userIds, positive: positiveIds };
  const measures: Record<string, Value> = {};
  const step: Step = {
    graph,
    rows: batchSize,
    catalogue,
    query: encoder.query,
    positive,
    positiveIds,
    userIds,
    ...rows && { rowMask: rows },
    epoch,
    items: encoder.items,
    ...encoder.dot && { dot: encoder.dot },
    score: (items, query = encoder.query) => encoder.score(query, items),
    loss: (positiveScore, negative, mask) =>
      lossOfScores(
        loss,
        { ...common, positive: positiveScore, negative, ...mask && { mask }, ids: rowIds },
        "this sampler",
      ),
  };
  const found = graph.scope(SCOPES.sampler, () => sampler.select(step, proposedInputs(graph, sampler, batchSize)));
  const score = { positive: step.score(positive) };
  const decayed = [encoder.decayed ?? firstLayer(encoder.query), firstLayer(positive)];
  const decay = (vectors: readonly Value[]) => l2 > 0 ? [mul(l2, meanSquares(vectors, batchSize, rows))] : [];
  const { tasks = [] } = encoder;
  const side = tasks.map((task) => {
    const { users, positives, negatives, encoder: { query, items, score, decayed } } = taskRows(
      userIds,
      batchSize,
      task,
    );
    const vectors = [items(positives), items(negatives)] as const;
    const lost = lossOfScores(loss, {
      ...common,
      counts: { users: task.pairs.offsets.length - 1, items: task.items },
      positive: score(query, vectors[0]),
      negative: score(query, vectors[1]),
      ids: { users, positive: positives, negative: negatives },
    }, "this backbone");
    measures[task.name] = lost;
    return mul(task.weight, [lost, ...decay([decayed ?? firstLayer(query), ...vectors.map(firstLayer)])].reduce(add));
  });
  const finish = (negatives: Negatives | Objective, terms: readonly Value[], negative?: Value): TrainingStep => {
    const loss = terms.reduce(add), own = "auxiliary" in negatives && negatives.auxiliary;
    const beside = own ? [own, ...side] : side, auxiliary = beside.length > 0 ? beside.reduce(add) : undefined;
    const total = auxiliary ? add(loss, auxiliary) : loss;
    const trainable = [...graph.variables.values()].filter(({ trainable, name }) => trainable && !isFrozen(name));
    const scores = { ...score, ...negative && { negative } };
    return {
      graph,
      loss,
      ...auxiliary && { auxiliary },
      tasks,
      measures,
      negatives,
      scores,
      gradients: gradients(total, trainable),
    };
  };
  if ("objective" in found) {
    const { objective, negatives: drawn, decayed: others = [] } = found;
    return finish(
      found,
      [objective, ...decay([...decayed, ...others.map(firstLayer)])],
      drawn && step.score(drawn.items),
    );
  }
  const { items, ids, mask, weight, logQ, positiveLogQ, positiveWeight } = found;
  Object.assign(measures, found.measures);
  const negative = step.score(items);
  const scores: Scores = {
    ...common,
    ...score,
    negative,
    ...mask && { mask },
    ...weight && { weight },
    ...logQ && { logQ },
    ...positiveLogQ && { positiveLogQ },
    ...positiveWeight && { positiveWeight },
    ids: { ...rowIds, ...ids && { negative: ids } },
    vectors: { query: encoder.query, positive, negative: items },
    ...loss.frozen &&
      {
        frozen: frozenScores(
          graph.scope(SCOPES.frozen, () => backbone.build(graph, catalogue, batch)),
          positiveIds,
          ids,
        ),
      },
    measure: (values) => void Object.assign(measures, values),
  };
  const ranking = graph.scope(SCOPES.loss, () => loss(scores));
  return finish(found, [ranking, ...decay([...decayed, firstLayer(items)])], negative);
}

/** The loss of scores other than the rows' own. @throws TypeError where it takes more than scores; `whose` they are. */
function lossOfScores(loss: Loss, scores: Omit<Scores, "vectors" | "frozen">, whose: string): Value {
  const refuse = (what: string) => {
    throw new TypeError(
      `Cannot combine ${whose} with this loss: it applies the loss to scores of its own, and the loss ${what}`,
    );
  };
  if (loss.frozen) refuse("compares with a frozen model's");
  const { variables } = scores.graph, before = variables.size;
  const value = scores.graph.scope(SCOPES.loss, () =>
    loss({
      ...scores,
      get vectors() {
        return refuse("takes vectors");
      },
    }));
  if (variables.size > before) refuse("learns variables, which serve one use");
  return value;
}

const isFrozen = (name: string) => name.startsWith(`${SCOPES.frozen}/`);

/** The graph's inputs for what a sampler proposes. */
function proposedInputs(graph: GraphBuilder, { proposes }: Sampler, rows: number): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(proposes).map(([name, feed]) => [
      name,
      typeof feed === "number" ? graph.input(name, "int32", [rows, feed]) : graph.input(name, feed.dtype, feed.shape),
    ]),
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

/** Hop 0 of a representation [.., L, D]: what weight decay applies to. */
const firstLayer = (x: Value) => reshape(slice(x, -2, 0, 1), [...x.shape.slice(0, -2), x.shape.at(-1)!]);

/** Half the squared length of each row's vectors, averaged over the rows that count. */
function meanSquares(vectors: readonly Value[], batchSize: number, rows?: Value): Value {
  const squares = vectors.map((x) => {
    const perRow = sum(mul(x, x), x.shape.flatMap((_, axis) => axis > 0 ? [axis] : [])); // [R] or [1]
    return rows && x.shape[0] === batchSize ? sum(mul(unsqueeze(perRow, 1), rows)) : sum(perRow);
  });
  return mul(0.5, div(squares.reduce(add), rows ? sum(rows) : batchSize));
}
