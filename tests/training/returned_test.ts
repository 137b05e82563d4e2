import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import type { Value } from "../../graphs/builder.ts";
import { equal, not } from "../../graphs/ops/compare.ts";
import { zeros } from "../../graphs/initializers.ts";
import { stopGradient } from "../../graphs/ops/arithmetic.ts";
import { mean, sum } from "../../graphs/ops/reduce.ts";
import { reshape, slice, squeeze, unsqueeze } from "../../graphs/ops/shape.ts";
import { bpr } from "../../losses/bpr.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Backbone, Encoder } from "../../models/backbone.ts";
import { mf } from "../../models/mf.ts";
import { dot } from "../../models/scoring.ts";
import type { Negatives, Sampler, Step } from "../../samplers/sampler.ts";
import { trainingStep } from "../../training/step.ts";
import { smallLog } from "./small_run.ts";

const of = catalogue(smallLog().train), R = 16, N = 3, D = 4;
const ones = ({ graph }: Step, ...shape: number[]) =>
  graph.constant(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape);

/** A step whose sampler returns uniform ids and what else `more` says. */
function stepOf(
  more: (step: Step, ids: Value) => Partial<Record<keyof Negatives, unknown>>,
  backbone: Backbone = mf({ dim: D }),
  loss: Loss = bpr(),
) {
  const sampler: Sampler<"ids"> = {
    proposes: { ids: N },
    propose: () => ({ ids: new Int32Array(R * N) }),
    select: (step, { ids }) => ({ ids, items: step.items(ids), ...more(step, ids) }) as Negatives,
  };
  return trainingStep({ backbone, sampler, loss, catalogue: of, batchSize: R, padded: false, l2: 0.1 });
}
const returns = (name: string, found: string, wanted: string) => ({
  name: "TypeError",
  message: `Cannot train: the sampler's select returned "${name}" as ${found}; it is ${wanted}`,
});

Deno.test("what a sampler returns in another shape, which broadcasting would forgive, is refused by name", () => {
  assert.throws(
    () => stepOf((step) => ({ positiveWeight: ones(step, R) })), // would make [R, R] of the rows' losses
    returns("positiveWeight", "float32 [16]", "float32 [R, 1], here [16,1]"),
  );
  assert.throws(
    () => stepOf((step) => ({ mask: ones(step, R, 1) })), // would count one negative where there are three
    returns("mask", "float32 [16,1]", "float32 [R, N], here [16,3]"),
  );
  assert.throws(
    () => stepOf((step) => ({ weight: ones(step, N) })),
    returns("weight", "float32 [3]", "float32 [R|1, N|1], here [16|1,3|1]"),
  );
  assert.throws(
    () => stepOf((step) => ({ logQ: ones(step, R) })),
    returns("logQ", "float32 [16]", "float32 [R|1, N|1], here [16|1,3|1]"),
  );
  assert.throws(
    () => stepOf((step) => ({ positiveLogQ: ones(step, 1, R) })),
    returns("positiveLogQ", "float32 [1,16]", "float32 [R, 1], here [16,1]"),
  );
  assert.throws(
    () => stepOf((step) => ({ sources: ones(step, R, 5) })),
    returns("sources", "float32 [16,5]", "int32 [R|1, n], here [16|1,5]"),
  );
  assert.throws(
    () => stepOf(({ score, positive }) => ({ objective: score(positive) }) as Record<string, unknown>),
    returns("objective", "float32 [16,1]", "float32 []"),
  );
  assert.throws(
    () => stepOf((_, ids) => ({ ids: slice(ids, 1, 0, 1) })),
    returns("ids", "int32 [16,1]", "int32 [R|1, N], here [16,3]"),
  );
  assert.throws(
    () => stepOf(({ items }, ids) => ({ items: squeeze(items(slice(ids, 1, 0, 1)), [2]) })),
    returns("items", "float32 [16,1,4]", "float32 [R|1, N, L, D], here [16|1,1,1,4]"),
  );
  assert.throws(
    () => stepOf(({ score, positive }) => ({ auxiliary: score(positive) })),
    returns("auxiliary", "float32 [16,1]", "float32 []"),
  );
  assert.throws(
    () => stepOf(({ score, positive }) => ({ measures: { easy: score(positive) } })), // only row 0 would be reported
    returns("measures.easy", "float32 [16,1]", "float32 []"),
  );
  assert.throws(
    () => stepOf(({ positiveIds }, ids) => ({ mask: not(equal(ids, positiveIds)) })),
    returns("mask", "bool [16,3]", "float32 [R, N], here [16,3]"),
  );
  assert.throws(() => stepOf(() => ({ items: undefined })), /returned no "items", and no "objective" in their place/);
});

Deno.test("a report that has the name of a step's own output is refused: it would be printed in its place", () => {
  for (const name of ["loss", "auxiliary", "negatives/ids", "measures/eta"]) {
    assert.throws(
      () => stepOf(({ score, positive }) => ({ report: { [name]: mean(score(positive)) } })),
      {
        name: "TypeError",
        message: `Cannot train: the sampler's select reports "${name}", which is an output of every step`,
      },
    );
  }
});

Deno.test("a backbone's query and scores in another shape are refused by name", () => {
  const with_ = (change: (encoder: Encoder) => Partial<Encoder>): Backbone => ({
    build(...given) {
      const encoder = mf({ dim: D }).build(...given);
      return { ...encoder, ...change(encoder) };
    },
  });
  const wrong = (backbone: Backbone) => () => stepOf(() => ({}), backbone);
  assert.throws(wrong(with_(({ query }) => ({ query: slice(query, 0, 0, 1) }))), { // would be every row's
    message: 'Cannot train: the backbone returned "query" as float32 [1,1,4]; it is float32 [R, L, D], here [16,1,4]',
  });
  assert.throws(wrong(with_(({ query }) => ({ query: squeeze(query, [1]) }))), {
    message: 'Cannot train: the backbone returned "query" as float32 [16,4]; it is float32 [R, L, D], here [16,16,4]',
  });
  assert.throws(wrong(with_(({ items }) => ({ items: (ids) => squeeze(items(ids), [-2]) }))), /returned "items" as/);
  assert.throws(wrong(with_(() => ({ score: (q, x) => unsqueeze(dot(q, x), 2) }))), {
    message: 'Cannot train: the backbone returned "score" as float32 [16,1,1]; it is float32 [R, N], here [16,1]',
  });
  assert.throws(wrong(with_(() => ({ score: (q, x) => sum(dot(q, x), [1], true) }))), { // one score for three negatives
    message: 'Cannot train: the backbone returned "score" as float32 [16,1]; it is float32 [R, N], here [16,3]',
  });
});

Deno.test("a loss that is no number is refused as the loss, not as a node of the graph", () => {
  const wrong = (loss: (scores: { readonly positive: Value }) => unknown) => () =>
    stepOf(() => ({}), mf({ dim: D }), loss as Loss);
  assert.throws(wrong(({ positive }) => positive), {
    message: 'Cannot train: the loss returned "its value" as float32 [16,1]; it is float32 []',
  });
  assert.throws(
    wrong(({ positive }) => reshape(mean(positive), [1])),
    /the loss returned "its value" as float32 \[1\]/,
  );
  assert.throws(wrong(() => undefined), /Cannot train: the loss returned nothing/);
});

Deno.test("a loss that no variable moves is refused, where it would let weight decay shrink all to nothing", () => {
  for (
    const loss of [
      (scores) => stopGradient(bpr()(scores)),
      ({ graph }) => graph.constant(Float32Array.of(3), []),
    ] satisfies Loss[]
  ) {
    assert.throws(() => stepOf(() => ({}), mf({ dim: D }), loss), {
      name: "TypeError",
      message:
        "Cannot train: no gradient of the loss reaches a variable; it is made of what is constant or behind `stopGradient`",
    });
  }
});

Deno.test("a sampler's or a loss's variable that nothing moves is refused, unless it says that it does not learn", () => {
  const learning = (trainable?: boolean) => () =>
    stepOf(({ graph }) => {
      graph.variable("rate", [], zeros, trainable === undefined ? {} : { trainable });
      return {};
    });
  assert.throws(learning(), {
    name: "TypeError",
    message:
      'Cannot train: no gradient reaches variable "sampler/rate"; one that is not to learn is declared with { trainable: false }',
  });
  assert.deepEqual([...learning(false)().gradients.keys()].map(({ name }) => name), ["user", "item"]);
});

Deno.test("a variable of the model's that nothing moves is let be: a file may have such", () => {
  const backbone: Backbone = {
    build(graph, ...more) {
      graph.variable("idle", [2], zeros);
      return mf({ dim: D }).build(graph, ...more);
    },
  };
  assert.deepEqual([...stepOf(() => ({}), backbone).gradients.keys()].map(({ name }) => name), ["user", "item"]);
});
