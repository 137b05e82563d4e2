import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type RowGradient } from "../../graphs/builder.ts";
import { readModel } from "../../graphs/model_file.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { sub } from "../../graphs/ops/arithmetic.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { bce } from "../../losses/bce.ts";
import { bpr } from "../../losses/bpr.ts";
import { external } from "../../models/external.ts";
import { openModel } from "../../runtime/model.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { UpdateRule } from "../../runtime/update.ts";
import { rns } from "../../samplers/rns.ts";
import { adam } from "../../training/optimizers.ts";
import { recommenderModel, scoresModel, takesMany } from "../../training/recommender.ts";
import { train } from "../../training/trainer.ts";
import { floats, longs, onnxFile, type WrittenModel } from "../graphs/onnx_file.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { checkerboard } from "./checkerboard.ts";
import { agrees, near, stock } from "./as_stock.ts";
import { biased, neumf, twoTower } from "./exported.ts";

const SIZE = 12, sizes = { users: SIZE, items: SIZE }, of = catalogue(checkerboard(SIZE));
const models = { neumf, twoTower, biased } as const;

for (const [name, make] of Object.entries(models)) {
  eachProvider(`${name} scores before training as onnxruntime scores its file`, async (runtime) => {
    const bytes = make(sizes);
    await agrees(runtime, external(bytes), bytes, [3, 0, 11], [1, 4, 4, 0, 9, 2, 11, 5, 0]);
    await agrees(runtime, external(bytes), bytes, [5], [2, 7]);
  });

  Deno.test(`${name} is written back with its trained weights, which onnxruntime scores as Foil does`, async () => {
    const bytes = make(sizes), backbone = external(bytes), runtime = await openRuntime({ provider: "wasm", seed: 1 });
    const recipe = { runtime, data: checkerboard(SIZE), backbone, sampler: rns(), loss: bce(), epochs: 3 };
    for await (const { loss } of train({ ...recipe, optimizer: adam({ lr: 0.05 }), batchSize: 30 })) assert(loss > 0);
    const written = backbone.written(await runtime.save());
    await agrees(runtime, backbone, written, [3, 0, 11], [1, 4, 4, 0, 9, 2]);

    const [before, after] = [readModel(bytes), readModel(written)];
    assert.deepEqual({ ...after, initializers: null }, { ...before, initializers: null });
    for (const { name, kept } of backbone.parameters) {
      const [old, now] = [before, after].map(({ initializers }) => initializers.get(name)!.data);
      if (kept) assert.deepEqual(now, old, name);
      else assert.notDeepEqual(now, old, name);
    }
    assert.equal(written.length, bytes.length);
  });
}

Deno.test("a model is cut where the user's part and the item's part meet", () => {
  const cutOf = (bytes: Uint8Array) => {
    const { cut: { queries, itemsOf, users, items, scores }, innerProduct } = external(bytes);
    return { queries, itemsOf, users, items, scores, innerProduct };
  };
  const named = { users: "users", items: "items", scores: "scores" };
  assert.deepEqual(cutOf(neumf(sizes)), {
    ...named,
    queries: ["gu", "mu"],
    itemsOf: ["gi", "mi"],
    innerProduct: false,
  });
  assert.deepEqual(cutOf(twoTower(sizes)), { ...named, queries: ["query"], itemsOf: ["item"], innerProduct: true });
  assert.deepEqual(cutOf(biased(sizes)), {
    users: "user_id",
    items: "item_id",
    scores: "probability",
    queries: ["user"],
    itemsOf: ["item", "bias 3"],
    innerProduct: false,
  });
});

Deno.test("what is frozen stays, what is left is trained", async () => {
  const bytes = neumf(sizes), backbone = external(bytes, { freeze: ["m*", "out.bias"] });
  const runtime = await openRuntime({ provider: "wasm", seed: 1 });
  const steps = train({
    ...{ runtime, data: checkerboard(SIZE), backbone, sampler: rns(), loss: bpr(), epochs: 1 },
    optimizer: adam({ lr: 0.05 }),
  });
  for await (const { loss } of steps) assert(loss > 0);
  const after = readModel(backbone.written(await runtime.save())), before = readModel(bytes);
  const moved = [...before.initializers.keys()].filter((name) =>
    `${before.initializers.get(name)!.data}` !== `${after.initializers.get(name)!.data}`
  );
  assert.deepEqual(moved, ["gu.weight", "gi.weight", "out.weight"]);
  assert.throws(
    () => external(bytes, { freeze: ["tower.*"] }),
    /no initialiser is called "tower\.\*", which is to be frozen; there are gu\.weight, /,
  );
});

Deno.test("matrices that are to be fresh start anew, by the runtime's seed, within Xavier's bounds", async () => {
  const bytes = neumf(sizes), file = readModel(bytes), opened = external(bytes, { fresh: ["g*.weight"] });
  const started = async (seed: number) => {
    const runtime = await openRuntime({ provider: "wasm", seed }), graph = new GraphBuilder();
    const users = graph.input("users", "int32", [1]);
    const { query, items, score } = opened.build(graph, catalogue(checkerboard(SIZE)), { rows: 1, users });
    const scores = score(query, items(graph.constant(Int32Array.of(0), [1, 1])));
    const program = await runtime.compile(graph, { outputs: { scores } });
    const model = readModel(opened.written(await runtime.save()));
    await program.dispose();
    return (name: string) => Array.from(model.initializers.get(name)!.data as Float32Array);
  };
  const [one, again, other] = [await started(1), await started(1), await started(2)];
  const [rows, width] = file.initializers.get("gu.weight")!.shape as [number, number];
  const bound = Math.sqrt(6 / (rows + width)), table = one("gu.weight");
  assert(table.every((x) => Math.abs(x) <= bound) && Math.max(...table) > 0.8 * bound);
  assert.deepEqual(again("gu.weight"), table);
  assert.notDeepEqual(other("gu.weight"), table);
  assert.deepEqual(one("mu.weight"), Array.from(file.initializers.get("mu.weight")!.data as Float32Array));
  assert.throws(
    () => external(bytes, { fresh: ["out.bias"] }),
    /no matrix that is trained is called "out\.bias", which is to be drawn anew; there are gu\.weight, /,
  );
});

Deno.test("a scalar, whole numbers and running statistics stay as they are", () => {
  const kept = (bytes: Uint8Array) =>
    Object.fromEntries(external(bytes).parameters.flatMap(({ name, kept }) => kept ? [[name, kept]] : []));
  assert.deepEqual(kept(biased(sizes)), { mean: "scalar" });
  assert.deepEqual(kept(neumf(sizes)), { axis: "integer" });
});

const shared = new URL("../../../shared/external/", import.meta.url);
const absent = !(() => {
  try {
    return Deno.statSync(shared).isDirectory;
  } catch {
    return false;
  }
})();
for (const file of ["neumf-torch.onnx", "two-tower-torch.onnx"]) {
  Deno.test({
    name: `PyTorch's ${file} scores before training as onnxruntime scores it (../shared/external)`,
    ignore: absent,
    async fn() {
      const bytes = await Deno.readFile(new URL(file, shared)), runtime = await openRuntime({ provider: "wasm" });
      await agrees(runtime, external(bytes), bytes, [0, 9000, 16637], [0, 5000, 10216, 77, 77, 4]);
    },
  });
}

/** Every user of a batch with every item of it, by one product. */
const crossed = (nodes: WrittenModel["nodes"], initializers: WrittenModel["initializers"] = {}) => {
  const table = (seed: number) =>
    floats([SIZE, 2], ...Array.from({ length: 2 * SIZE }, (_, at) => Math.sin(seed + at)));
  return onnxFile({
    inputs: { users: ["int64", "batch"], items: ["int64", "batch"] },
    outputs: { scores: null },
    initializers: { p: table(1), q: table(2), ...initializers },
    nodes: [
      { op: "Gather", inputs: ["p", "users"], outputs: ["u"] },
      { op: "Gather", inputs: ["q", "items"], outputs: ["i"] },
      ...nodes,
    ],
  });
};

eachProvider("a maximum of a user's vector, an item's and a third is that of all three", async (runtime) => {
  for (const op of ["Max", "Min"]) {
    const bytes = crossed([
      { op, inputs: ["u", "i", "bound"], outputs: ["all"] },
      { op: "ReduceSum", inputs: ["all", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
    ], { bound: floats([2], 0.1, -0.2), axis: longs(1) });
    const backbone = external(bytes), trained = backbone.parameters.filter(({ kept }) => !kept);
    assert.deepEqual(trained.map(({ name }) => name), ["p", "q", "bound"]);
    await agrees(runtime, backbone, bytes, [3, 0, 11], [1, 4, 4, 0, 9, 2, 11, 5, 0]);
  }
});

Deno.test("a product that is multiplied by a number is no plain inner product", () => {
  const gemm = (alpha: number) =>
    crossed([{
      op: "Gemm",
      inputs: ["u", "i"],
      outputs: ["scores"],
      attributes: { transB: 1, alpha: { float: alpha } },
    }]);
  assert.equal(external(gemm(1)).innerProduct, true);
  assert.throws(() => external(gemm(14)), /"scores" is \[3,3\] for 3 users and items; it must score each pair/);
});

Deno.test("a Transpose that does not say how turns all axes", () => {
  const backbone = external(crossed([
    { op: "Transpose", inputs: ["u"], outputs: ["t"] },
    { op: "Transpose", inputs: ["t"], outputs: ["v"] },
    { op: "Mul", inputs: ["v", "i"], outputs: ["products"] },
    { op: "ReduceSum", inputs: ["products", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
  ], { axis: longs(1) }));
  assert.deepEqual([backbone.cut.queries, backbone.cut.itemsOf], [["u"], ["i"]]);
});

eachProvider("the gradient of a normalised vector that is zero is finite", async (runtime) => {
  const zero = floats([2, 2], 0, 0, 3, 4),
    bytes = crossed([
      { op: "ReduceL2", inputs: ["u"], outputs: ["length"], attributes: { axes: [1] } },
      { op: "Clip", inputs: ["length", "least"], outputs: ["some"] },
      { op: "Div", inputs: ["u", "some"], outputs: ["unit"] },
      { op: "Mul", inputs: ["unit", "i"], outputs: ["products"] },
      { op: "ReduceSum", inputs: ["products", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
    ], { p: zero, least: floats([], 0.5), axis: longs(1) });
  const graph = new GraphBuilder(), batch = { rows: 2, users: graph.input("users", "int32", [2]) };
  const encoder = external(bytes).build(graph, { ...of, users: 2 }, batch);
  const scores = encoder.score(encoder.query, encoder.items(graph.input("items", "int32", [2, 1])));
  const table = graph.variables.get("external/p")!, found = gradients(sum(scores), [table]).get(table) as RowGradient;
  const program = await runtime.compile(graph, { outputs: { slope: denseRows(found, table.shape) } });
  const { slope } = await program.run({ users: Int32Array.of(0, 1), items: Int32Array.of(0, 0) });
  const [a, b] = [Math.sin(2), Math.sin(3)], along = 0.6 * a + 0.8 * b;
  const wanted = [2 * a, 2 * b, (a - 0.6 * along) / 5, (b - 0.8 * along) / 5]; // below 0.5 vectors are divided by that
  wanted.forEach((x, at) => assert(Math.abs(Number(slope[at]) - x) < 1e-5, `${at}: ${slope[at]}, not ${x}`));
  await program.dispose();
});

/** x - gradient. */
const descent: UpdateRule = {
  states: [],
  rows: "touched",
  scalars: () => ({}),
  next: ({ parameter, gradient }) => ({ parameter: sub(parameter, gradient), states: {} }),
};

eachProvider("rows whose ids a file computes, counted from the end of the table, too, are trained", async (runtime) => {
  const table = floats([2 * SIZE, 2], ...Array.from({ length: 4 * SIZE }, (_, at) => Math.sin(at)));
  const bytes = onnxFile({
    inputs: { users: ["int64", "batch"], items: ["int64", "batch"] },
    outputs: { scores: null },
    initializers: { e: table, one: longs(1), size: longs(SIZE), axis: longs(1) },
    nodes: [
      { op: "Neg", inputs: ["users"], outputs: ["minus"] },
      { op: "Sub", inputs: ["minus", "one"], outputs: ["last"] }, // user 0 has the last row
      { op: "Add", inputs: ["items", "size"], outputs: ["next"] },
      { op: "Gather", inputs: ["e", "last"], outputs: ["u"] },
      { op: "Gather", inputs: ["e", "items"], outputs: ["i"] },
      { op: "Gather", inputs: ["e", "next"], outputs: ["j"] },
      { op: "Add", inputs: ["i", "j"], outputs: ["both"] },
      { op: "Mul", inputs: ["u", "both"], outputs: ["products"] },
      { op: "ReduceSum", inputs: ["products", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
    ],
  });
  const graph = new GraphBuilder(), batch = { rows: 2, users: graph.input("users", "int32", [2]) };
  const encoder = external(bytes).build(graph, of, batch);
  const loss = sum(encoder.score(encoder.query, encoder.items(graph.input("items", "int32", [2, 1]))));
  const variable = graph.variables.get("external/e")!, gradient = gradients(loss, [variable]).get(variable)!;
  const program = await runtime.compile(graph, { outputs: {}, updates: [{ variable, gradient, rule: descent }] });
  const wanted = Float32Array.from(table.data as Float32Array), e = (row: number) => wanted.slice(2 * row, 2 * row + 2);
  const pairs = [[0, 3], [5, 3]].map(([user, item]) => [2 * SIZE - 1 - user!, item!, item! + SIZE] as const);
  const moves = pairs.flatMap(([u, i, j]) => [[u, e(i)], [u, e(j)], [i, e(u)], [j, e(u)]] as const);
  for (const [row, by] of moves) by.forEach((x, at) => wanted[2 * row + at]! -= x);
  await program.run({ users: Int32Array.of(0, 5), items: Int32Array.of(3, 3) });
  near((await runtime.save()).get("external/e")!.data, wanted);
  await program.dispose();
});

/** The weights of a file as a run saves them. */
const saved = ({ parameters }: ReturnType<typeof external>) =>
  new Map(
    parameters.filter(({ dtype }) => dtype === "float32").map(({ name, shape, data }) =>
      [`external/${name}`, { shape, data: data as Float32Array }] as const
    ),
  );

Deno.test("a file with heads, and sums of exponentials, is exported for a batch of any length", async () => {
  const bytes = crossed([
    { op: "Reshape", inputs: ["u", "heads"], outputs: ["h"] }, // [batch, 2, 1]
    { op: "Einsum", inputs: ["h", "keys"], outputs: ["a"], attributes: { equation: "bhd,mhd->bhm" } },
    { op: "ReduceLogSumExp", inputs: ["a"], outputs: ["v"], attributes: { axes: [2], keepdims: 0 } }, // [batch, 2]
    { op: "Mul", inputs: ["v", "i"], outputs: ["products"] },
    { op: "ReduceSum", inputs: ["products", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
  ], { heads: longs(-1, 2, 1), keys: floats([3, 2, 1], 1, -1, 0.5, 2, -2, 1), axis: longs(1) });
  const backbone = external(bytes);
  const model = await openModel(await scoresModel(backbone, of, saved(backbone)));
  for (const users of [[4], [3, 0, 11], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]) {
    const data = BigInt64Array.from(users, BigInt), items = Array.from({ length: SIZE }, (_, item) => item);
    const { scores } = await model.run({ users: { dtype: "int64", shape: [users.length], data } });
    const each = users.flatMap((user) => items.map(() => user));
    near(scores!.data as Float32Array, await stock(bytes, each, users.flatMap(() => items)));
  }
  await model.dispose();
});

for (const count of [1, 2]) {
  Deno.test(`a file that ${count === 1 ? "joins a token to each user" : "meets pairs with ones of as many"} is exported for one user, and says so`, async () => {
    const token: WrittenModel["nodes"] = [
      { op: "Shape", inputs: [count === 1 ? "u" : "i"], outputs: ["lengths"] },
      { op: "Slice", inputs: ["lengths", "first", "axis"], outputs: ["batch"] },
      { op: "ConstantOfShape", inputs: ["batch"], outputs: ["zeros"] },
      { op: "Add", inputs: ["zeros", "half"], outputs: ["halves"] },
      { op: "Unsqueeze", inputs: ["halves", "axis"], outputs: ["tokens"] }, // [batch, 1]
    ];
    const product: WrittenModel["nodes"] = count === 1
      ? [
        { op: "Concat", inputs: ["u", "tokens"], outputs: ["longer"], attributes: { axis: 1 } },
        { op: "Gather", inputs: ["longer", "places"], outputs: ["v"], attributes: { axis: 1 } },
        { op: "Mul", inputs: ["v", "i"], outputs: ["products"] },
      ]
      : [
        { op: "Mul", inputs: ["u", "i"], outputs: ["plain"] },
        { op: "Concat", inputs: ["plain", "tokens"], outputs: ["products"], attributes: { axis: 1 } },
      ];
    const bytes = crossed([
      ...token,
      ...product,
      { op: "ReduceSum", inputs: ["products", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
    ], { axis: longs(1), first: longs(0), half: floats([1], 0.5), places: longs(1, 2) });
    const backbone = external(bytes), weights = saved(backbone);
    assert.equal(takesMany(backbone, of), false);
    const written = await scoresModel(backbone, of, weights),
      lists = await recommenderModel(backbone, of, weights, { top: 2 });
    for (const file of [written, lists].map((each) => readModel(each))) assert.deepEqual(file.inputs[0]!.dims, [1]);
    const model = await openModel(written), items = Array.from({ length: SIZE }, (_, item) => item);
    for (const user of [0, 3, 11]) {
      const { scores } = await model.run({
        users: { dtype: "int64", shape: [1], data: BigInt64Array.of(BigInt(user)) },
      });
      near(scores!.data as Float32Array, await stock(bytes, items.map(() => user), items));
    }
    const two = { dtype: "int64" as const, shape: [2], data: BigInt64Array.of(0n, 3n) };
    await assert.rejects(model.run({ users: two }), /Got: 2 Expected: 1/);
    await model.dispose();
  });
}
