import type { Catalogue } from "../datasets/catalogue.ts";
import { gradients } from "../graphs/autodiff.ts";
import { GraphBuilder, type RowGradient, type Value, type Variable } from "../graphs/builder.ts";
import { add, div, mul } from "../graphs/ops/arithmetic.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape, slice, unsqueeze } from "../graphs/ops/shape.ts";
import type { Loss, Scores } from "../losses/loss.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Negatives, Sampler, Step } from "../samplers/sampler.ts";

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
  /** Weight of the squared first-layer vectors of a row's query, positive and negatives, halved and averaged over rows. */
  readonly l2: number;
}

/** A training step as a graph: what it loses, and how that falls. */
export interface TrainingStep {
  readonly graph: GraphBuilder;
  /** Ranking loss, weight decay and the sampler's own. */
  readonly loss: Value; // []
  readonly negatives: Negatives;
  readonly gradients: ReadonlyMap<Variable, Value | RowGradient>;
}

/** Names of a step's inputs. What the sampler proposes follows as `sampler/<name>`. */
export const stepInputs = { users: "users", positives: "positives", rows: "rows", epoch: "epoch" } as const;
/** The input that a sampler's proposed ids are fed to. */
export const proposedInput = (name: string): string => `sampler/${name}`;

/** Builds the graph of one training step and its reverse pass. */
export function trainingStep({ backbone, sampler, loss, catalogue, batchSize, padded, l2 }: StepRecipe): TrainingStep {
  const graph = new GraphBuilder();
  const userIds = graph.input(stepInputs.users, "int32", [batchSize]);
  const positiveIds = graph.input(stepInputs.positives, "int32", [batchSize, 1]);
  const rows = padded ? { rows: graph.input(stepInputs.rows, "float32", [batchSize, 1]) } : {};
  const encoder = backbone.build(graph, catalogue, { rows: batchSize, users: userIds });
  const positive = encoder.items(positiveIds); // [R, 1, L, D]
  const step: Step = {
    graph,
    rows: batchSize,
    catalogue,
    query: encoder.query,
    positive,
    positiveIds,
    userIds,
    epoch: graph.input(stepInputs.epoch, "float32", []),
    items: encoder.items,
    score: (items) => encoder.score(encoder.query, items),
  };
  const negatives = graph.scope("sampler", () =>
    sampler.select(
      step,
      Object.fromEntries(
        Object.entries(sampler.proposes).map((
          [name, columns],
        ) => [name, graph.input(name, "int32", [batchSize, columns])]),
      ),
    ));
  const { items, mask, weight, logQ, positiveLogQ, auxiliary } = negatives;
  const given = { mask, weight, logQ, positiveLogQ };
  const scores: Scores = {
    positive: step.score(positive),
    negative: step.score(items),
    ...rows,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  let total = graph.scope("loss", () => loss(scores));
  if (l2 > 0) {
    const query = encoder.decayed ?? firstLayer(encoder.query);
    total = add(total, mul(l2, decay([query, firstLayer(positive), firstLayer(items)], batchSize, rows.rows)));
  }
  if (auxiliary) total = add(total, auxiliary);
  const trainable = [...graph.variables.values()].filter((variable) => variable.trainable);
  return { graph, loss: total, negatives, gradients: gradients(total, trainable) };
}

/** Hop 0 of a representation [.., L, D]: what weight decay applies to. */
const firstLayer = (x: Value) => reshape(slice(x, -2, 0, 1), [...x.shape.slice(0, -2), x.shape.at(-1)!]);

/** Half the squared length of each row's vectors, averaged over the rows that count. */
function decay(vectors: readonly Value[], batchSize: number, rows?: Value): Value {
  const squares = vectors.map((x) => {
    const perRow = sum(mul(x, x), x.shape.flatMap((_, axis) => axis > 0 ? [axis] : [])); // [R] or [1]
    return rows && x.shape[0] === batchSize ? sum(mul(unsqueeze(perRow, 1), rows)) : sum(perRow);
  });
  return mul(0.5, div(squares.reduce(add), rows ? sum(rows) : batchSize));
}
