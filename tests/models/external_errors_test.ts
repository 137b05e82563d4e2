import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { fullRanking } from "../../evaluation/full_ranking.ts";
import { rankModel } from "../../evaluation/rank_model.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { onnx } from "../../graphs/proto.ts";
import { bpr } from "../../losses/bpr.ts";
import { external } from "../../models/external.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { rns } from "../../samplers/rns.ts";
import { adam } from "../../training/optimizers.ts";
import { train } from "../../training/trainer.ts";
import { type FileElements, floats, longs, onnxFile, type WrittenModel } from "../graphs/onnx_file.ts";
import { checkerboard } from "./checkerboard.ts";
import { biased, neumf, twoTower } from "./exported.ts";

const sizes = { users: 12, items: 12 }, of = catalogue(checkerboard(12));
const table = (rows: number): FileElements => ({
  shape: [rows, 2],
  data: Float32Array.from({ length: 2 * rows }, (_, at) => Math.sin(at)),
});
/** The inner product of two tables, with nodes between it and the scores. */
const product = (more: Partial<WrittenModel> = {}, between: WrittenModel["nodes"] = []): Uint8Array =>
  onnxFile({
    inputs: { users: ["int64", "batch"], items: ["int64", "batch"] },
    outputs: { scores: ["float32", "batch"] },
    initializers: { p: table(12), q: table(12), axis: longs(1) },
    nodes: [
      { op: "Gather", inputs: ["p", "users"], outputs: ["u"] },
      { op: "Gather", inputs: ["q", "items"], outputs: ["i"] },
      { op: "Mul", inputs: ["u", "i"], outputs: ["products"] },
      {
        op: "ReduceSum",
        inputs: ["products", "axis"],
        outputs: [between.length > 0 ? "sums" : "scores"],
        attributes: { keepdims: 0 },
      },
      ...between,
    ],
    ...more,
  });

/** sums + 1 by a loop of one round: an op that Foil has no gradient of. */
const LOOP: WrittenModel["nodes"] = [{
  op: "Loop",
  name: "Loop_3",
  inputs: ["rounds", "go", "sums"],
  outputs: ["scores"],
  attributes: {
    body: {
      graph: {
        inputs: { round: ["int64"], go_in: ["bool"], before: ["float32", "batch"] },
        outputs: { go_out: ["bool"], after: ["float32", "batch"] },
        initializers: { one: floats([], 1) },
        nodes: [
          { op: "Identity", inputs: ["go_in"], outputs: ["go_out"] },
          { op: "Add", inputs: ["before", "one"], outputs: ["after"] },
        ],
      },
    },
  },
}];
const looped = product({
  initializers: {
    p: table(12),
    q: table(12),
    axis: longs(1),
    rounds: { shape: [], data: BigInt64Array.of(1n) },
    go: { shape: [], data: Uint8Array.of(1) },
  },
}, LOOP);

Deno.test("an op without a gradient is named with its node, and its model is evaluated all the same", async () => {
  assert.throws(
    () => external(looped, { source: "model.onnx" }),
    /^TypeError: Cannot train "model\.onnx": no gradient for op "Loop" \(node "Loop_3"\)$/,
  );
  const held = interactions({ users: [0, 1, 5], items: [0, 1, 5], userCount: 12, itemCount: 12 });
  const ranked = await rankModel(looped, {}, of, held, { metrics: ["ndcg@5", "recall@3"] });
  const runtime = await openRuntime({ provider: "wasm" }); // adding 1 to every score changes no ranking
  const evaluator = await fullRanking(runtime, external(product()), of, held, { metrics: ["ndcg@5", "recall@3"] });
  const { metrics } = await evaluator.evaluate();
  assert.deepEqual(ranked.metrics, metrics);
  assert(metrics["ndcg@5"]! > 0 && metrics["ndcg@5"]! < 1);
});

Deno.test("of a branch, too, it is known what it reads of the model around it", () => {
  const branch = (op: string) => ({
    graph: { outputs: { [op]: ["float32", "batch"] as const }, nodes: [{ op, inputs: ["sums"], outputs: [op] }] },
  });
  const bytes = product({
    initializers: { p: table(12), q: table(12), axis: longs(1), go: { shape: [], data: Uint8Array.of(1) } },
  }, [{
    op: "If",
    name: "If_4",
    inputs: ["go"],
    outputs: ["scores"],
    attributes: { then_branch: branch("Neg"), else_branch: branch("Abs") },
  }]);
  assert.throws(
    () => external(bytes),
    /^TypeError: Cannot train "model\.onnx": no gradient for op "If" \(node "If_4"\)$/,
  );
});

Deno.test("a quantised table, which Foil cannot hold, is ranked by all the same", async () => {
  const steps = Array.from({ length: 24 }, (_, at) => at * at % 13 - 6), half = floats([], 0.5);
  const one = onnxFile({
    inputs: { users: ["int64", "batch"], items: ["int64", "batch"] },
    outputs: { scores: ["float32", "batch"] },
    initializers: { p8: { shape: [12, 2], data: Int32Array.from(steps) }, half, q: table(12), axis: longs(1) },
    nodes: [
      { op: "DequantizeLinear", inputs: ["p8", "half"], outputs: ["p"] },
      { op: "Gather", inputs: ["p", "users"], outputs: ["u"] },
      { op: "Gather", inputs: ["q", "items"], outputs: ["i"] },
      { op: "Mul", inputs: ["u", "i"], outputs: ["products"] },
      { op: "ReduceSum", inputs: ["products", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
    ],
  });
  const model = onnx.ModelProto.decode(one), p8 = model.graph!.initializer!.find(({ name }) => name === "p8")!;
  Object.assign(p8, {
    dataType: onnx.TensorProto.DataType.INT8,
    rawData: new Uint8Array(Int8Array.from(steps).buffer),
  });
  const bytes = onnx.ModelProto.encode(model).finish();
  const held = interactions({ users: [0, 1, 5], items: [0, 1, 5], userCount: 12, itemCount: 12 });
  const metrics = ["ndcg@5", "mrr@12"] as const;
  const plain = { p: floats([12, 2], ...steps.map((step) => step / 2)), q: table(12), axis: longs(1) };
  const wanted = await rankModel(product({ initializers: plain }), {}, of, held, { metrics });
  assert.deepEqual((await rankModel(bytes, {}, of, held, { metrics })).metrics, wanted.metrics);
  assert(wanted.metrics["mrr@12"]! > 0);
  assert.throws(() => external(bytes), /Cannot train "model\.onnx": no gradient for op "DequantizeLinear"/);
});

Deno.test("what scores do not need may be of any op", () => {
  const outputs = { scores: null, places: null };
  const bytes = product({ outputs }, [
    { op: "Identity", inputs: ["sums"], outputs: ["scores"] },
    { op: "NonZero", inputs: ["sums"], outputs: ["places"] },
  ]);
  assert.deepEqual(external(bytes, { scores: "scores" }).cut.queries, ["u"]);
});

Deno.test("an op that has a gradient, but not as it is used, is told with the file's name", () => {
  const scattered = product({
    opset: 16,
    initializers: {
      p: table(12),
      q: table(12),
      axis: longs(1),
      first: { shape: [1, 1], data: BigInt64Array.of(0n) },
      rest: floats([1], 2),
    },
  }, [{
    op: "ScatterND",
    inputs: ["sums", "first", "rest"],
    outputs: ["scores"],
    attributes: { reduction: "mul" },
  }]);
  assert.throws(
    () => external(scattered, { source: "mine.onnx" }),
    /^TypeError: Cannot train "mine\.onnx": Cannot differentiate "ScatterND" with reduction "mul": only "add" and "none"/,
  );
});

Deno.test("a cut that leaks names the node where what it misses comes in", () => {
  assert.throws(
    () => external(neumf(sizes), { source: "neumf.onnx", query: "gu" }),
    /^TypeError: Cannot cut "neumf\.onnx" at "gu": node "Concat_5" \(Concat\) reads "mu", which depends on "users" but not on "gu"$/,
  );
  assert.throws(
    () => external(twoTower(sizes), { query: "/i/x" }),
    /"\/i\/x" is to be its query, but depends on "items"/,
  );
  assert.throws(() => external(twoTower(sizes), { item: "two" }), /"two" is to be its item, but depends on no ids/);
});

Deno.test("names that are not there, or not obvious, are told with those there are", () => {
  const cases: [() => unknown, RegExp][] = [
    [() => external(neumf(sizes), { scores: "score" }), /it has no tensor "score"; its outputs are "scores"/],
    [
      () => external(neumf(sizes), { inputs: { user: "user", item: "items" } }),
      /it has no input "user"; its inputs are "users", "items"/,
    ],
    [
      () => external(product({ inputs: { a: ["int64", "n"], b: ["int64", "n"] } })),
      /which input holds users and which items\? "a", "b"; name both, as in model\.onnx:users=u,items=i/,
    ],
    [
      () =>
        external(product({
          inputs: { users: ["int64", "n"], items: ["int64", "n"], context: ["float32", "n"] },
        })),
      /Foil feeds ids of users and items; its other inputs are "context"/,
    ],
    [
      () =>
        external(
          product({ outputs: { sums: null, copy: null } }, [{ op: "Identity", inputs: ["sums"], outputs: ["copy"] }]),
        ),
      /which output holds the scores\?/,
    ],
  ];
  for (const [act, message] of cases) assert.throws(act, message);
});

Deno.test("a file that is cut short, of another opset or over the limits is refused by its name", () => {
  const bytes = neumf(sizes), source = "model.onnx";
  for (const length of [0, 1, 100, bytes.length - 40, bytes.length - 3]) {
    assert.throws(() => external(bytes.subarray(0, length), { source }), /^TypeError: Cannot (read|use) "model\.onnx"/);
  }
  assert.throws(() => external(neumf(sizes, { opset: 11 })), /it is of opset 11; Foil reads 13 to 21/);
  assert.throws(() => external(neumf(sizes, { opset: 22 })), /it is of opset 22; Foil reads 13 to 21/);
  assert.throws(
    () => external(bytes, { source, limits: { bytes: 1000 } }),
    /"model\.onnx": it has \d+ bytes, the limit is 1000/,
  );
  assert.throws(() => external(bytes, { source, limits: { nodes: 10 } }), /it has 11 nodes, the limit is 10/);
});

Deno.test("inputs and scores of another rank than a batch's are refused", () => {
  const inputs = (users: readonly (number | string)[]) => ({
    users: ["int64", ...users] as const,
    items: ["int64", "batch"] as const,
  });
  assert.throws(
    () => external(product({ inputs: inputs([]) })),
    /its input "users" is \[\]; Foil feeds ids as \[batch\]/,
  );
  assert.throws(
    () => external(product({ inputs: inputs(["batch", 50]) })),
    /its input "users" is \[batch,50\]; Foil feeds ids as \[batch\] or \[batch, 1\]/,
  );
  assert.throws(() => external(product({ inputs: inputs([64]) })), /"users" is \[64\]: its first axis must be open/);
  const whole = [{ op: "ReduceMean", inputs: ["sums"], outputs: ["scores"], attributes: { keepdims: 0 } }];
  assert.throws(() => external(product({}, whole)), /"scores" is \[\] for 3 users and items; it must score each pair/);
  const transposed = onnxFile({
    inputs: { users: ["int64", "batch"], items: ["int64", "batch"] },
    outputs: { scores: ["float32", "batch"] },
    initializers: { p: table(12), q: table(12) },
    nodes: [
      { op: "Gather", inputs: ["p", "users"], outputs: ["u"] },
      { op: "Gather", inputs: ["q", "items"], outputs: ["i"] },
      { op: "MatMul", inputs: ["u", "i"], outputs: ["scores"] }, // [n, 2] by [n, 2]
    ],
  });
  assert.throws(() => external(transposed), /op "MatMul" \(node "MatMul_2"\): .*\[3,2\].*\[3,2\]/);
});

Deno.test("data with more users or items than a table has rows are refused before anything runs", () => {
  const build = (bytes: Uint8Array, users: number, items: number) => {
    const graph = new GraphBuilder();
    external(bytes, { source: "model.onnx" })
      .build(graph, { ...of, users, items }, { rows: 2, users: graph.input("users", "int32", [2]) });
  };
  for (const bytes of [neumf(sizes), twoTower(sizes), biased(sizes)]) build(bytes, 12, 12);
  assert.throws(
    () => build(neumf(sizes), 13, 12),
    /^RangeError: Cannot use "model\.onnx" as a backbone: its table "gu\.weight" has 12 rows, the data have 13 users$/,
  );
  assert.throws(() => build(biased(sizes), 12, 20), /its table "q" has 12 rows, the data have 20 items/);
});

Deno.test("an initialiser that holds NaN is refused by name, not the learning rate that it is trained with", () => {
  const broken = { shape: [12, 2], data: Float32Array.from({ length: 24 }, (_, at) => at === 5 ? NaN : 1) };
  const bytes = product({ initializers: { p: table(12), q: broken, axis: longs(1) } });
  assert.throws(() => external(bytes), /initialiser "q" holds NaN/);
});

Deno.test("what onnxruntime cannot run either is told with the file's name", async () => {
  const unknown = product({}, [{ op: "Mystery", inputs: ["sums"], outputs: ["scores"] }]);
  const held = interactions({ users: [0], items: [1], userCount: 12, itemCount: 12 });
  await assert.rejects(
    rankModel(unknown, { source: "odd.onnx" }, of, held, { metrics: ["hit@3"] }),
    /Cannot rank by "odd\.onnx": onnxruntime cannot run it \(.*Mystery/s,
  );
});

Deno.test("where weights are elements of nodes, nothing is trained, and it is told why", async () => {
  const held = (name: string): WrittenModel["nodes"][number] => ({
    op: "Constant",
    outputs: [name],
    attributes: { value: table(12) },
  });
  const bytes = onnxFile({
    inputs: { users: ["int64", "batch"], items: ["int64", "batch"] },
    outputs: { scores: ["float32", "batch"] },
    initializers: { axis: longs(1) },
    nodes: [
      ...[held("p"), held("q")],
      { op: "Gather", inputs: ["p", "users"], outputs: ["u"] },
      { op: "Gather", inputs: ["q", "items"], outputs: ["i"] },
      { op: "Mul", inputs: ["u", "i"], outputs: ["products"] },
      { op: "ReduceSum", inputs: ["products", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
    ],
  });
  const begun = async (backbone: ReturnType<typeof external>) => {
    const runtime = await openRuntime({ provider: "wasm" }), data = checkerboard(12);
    const recipe = { runtime, data, backbone, sampler: rns(), loss: bpr(), optimizer: adam(), epochs: 1 };
    for await (const _ of train(recipe)) break;
  };
  await assert.rejects(
    begun(external(bytes, { source: "model.onnx" })),
    /^TypeError: Cannot train "model\.onnx": of its initialisers none is trained \(none is float32\); elements that a node holds, as Constant "p" does, are no initialisers$/,
  );
  await assert.rejects(
    begun(external(product(), { source: "model.onnx", freeze: ["*"] })),
    /^TypeError: Cannot train "model\.onnx": of its initialisers none is trained \(frozen: 2\)$/,
  );
});

Deno.test("scores that are whole numbers of 64 bits are refused with the file's name, not taken for numbers", async () => {
  const bytes = product({ outputs: { scores: ["int64", "batch"] } }, [
    { op: "Cast", inputs: ["sums"], outputs: ["scores"], attributes: { to: 7 } },
  ]);
  assert.throws(
    () => external(bytes, { source: "model.onnx" }),
    /^TypeError: Cannot use "model\.onnx" as a backbone: "scores" is int64; scores are float32$/,
  );
  const held = interactions({ users: [0], items: [1], userCount: 12, itemCount: 12 });
  await assert.rejects(
    rankModel(bytes, { source: "model.onnx" }, of, held, { metrics: ["ndcg@5"] }),
    /^TypeError: Cannot rank by "model\.onnx": "scores" is int64; scores are float32, float16 or int32$/,
  );
});
