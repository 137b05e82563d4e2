import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient } from "../../graphs/builder.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { mul } from "../../graphs/ops/arithmetic.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { bce } from "../../losses/bce.ts";
import { bpr } from "../../losses/bpr.ts";
import { losses } from "../../losses/mod.ts";
import { external } from "../../models/external.ts";
import { pointOf } from "../../models/point.ts";
import type { AnyMethod } from "../../options/method.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { samplers } from "../../samplers/mod.ts";
import { rns } from "../../samplers/rns.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { adam } from "../../training/optimizers.ts";
import { trainingStep } from "../../training/step.ts";
import { train } from "../../training/trainer.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { opened } from "../samplers/drawn.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { agrees, near, scored } from "./as_stock.ts";
import { countedOn, deepfm, din, ITEMS, masks, USERS } from "./mixed_types.ts";

const pairs = Array.from({ length: USERS * ITEMS }, (_, at) => [Math.floor(at / ITEMS), at % ITEMS] as const)
  .filter(([user, item]) => (user + item) % 3 === 0);
const data = interactions({
  users: pairs.map(([user]) => user),
  items: pairs.map(([, item]) => item),
  userCount: USERS,
  itemCount: ITEMS,
});
const of = catalogue(data);

const ASKING = [3, 0, 4], ASKED = [1, 4, 0, 2, 5, 5], WEIGHTS = [1, -2, 0.5, 3, -1, 2];
/** By PyTorch 2 in float32, from the same formulas: scores, and the gradient of their weighted sum by the table e. */
const golden = {
  din: {
    bytes: din("truth"),
    scores: [0.370596, 0.432749, -0.241872, -0.132708, 0.276362, 0.276362],
    slope: [0, 0, 0.597568, 1.604875, -0.84951, 1.745684, -0.11479, 0.089887, 0, 0].concat(
      [-0.193442, 0.151476, -0.028758, -0.089179],
    ),
  },
  deepfm: {
    bytes: deepfm(),
    scores: [-2.957654, -2.957654, -2.133588, 4.984468, -1.735664, -1.735664],
    slope: [-11.657228, -9.777436, -0.852107, 0.170058, 0.326669, 1.090848, 0, 0, -2.987284, -1.961014].concat(
      [-3.61029, -2.369988, 0, 0, -3.939605, -9.818143, -0.820277, -1.50779, 0.686007, -0.905571],
      [-5.999179, -7.624356, 0, 0],
    ),
  },
};

for (const [name, { bytes, scores, slope }] of Object.entries(golden)) {
  eachProvider(
    `${name}, whose joint part reads truths or ids of one side, scores and learns as in PyTorch`,
    async (runtime) => {
      const backbone = external(bytes);
      await agrees(runtime, backbone, bytes, ASKING, ASKED);
      near((await scored(runtime, backbone, ASKING, ASKED)).own, scores);
      near(await slopeOf(runtime, bytes), slope);
    },
  );

  Deno.test(`${name} is trained, and written back as onnxruntime then scores it`, async () => {
    const backbone = external(bytes), runtime = await openRuntime({ provider: "wasm", seed: 1 }), lost: number[] = [];
    const recipe = { runtime, data, backbone, sampler: rns(), loss: bce(), optimizer: adam({ lr: 0.05 }), epochs: 20 };
    for await (const { loss } of train({ ...recipe, batchSize: 4 })) lost.push(loss);
    assert(lost.at(-1)! < 0.8 * lost[0]!, `${lost}`);
    await agrees(runtime, backbone, backbone.written(await runtime.save()), ASKING, ASKED);
  });
}

/** The gradient of the weighted scores by e. */
async function slopeOf(runtime: Runtime, bytes: Uint8Array) {
  const graph = new GraphBuilder(), users = graph.input("users", "int32", [3]);
  const encoder = external(bytes).build(graph, of, { rows: 3, users });
  const scores = encoder.score(encoder.query, encoder.items(graph.input("items", "int32", [3, 2])));
  const table = graph.variables.get("external/e")!;
  const loss = sum(mul(scores, graph.constant(Float32Array.from(WEIGHTS), [3, 2])));
  const found = gradients(loss, [table]).get(table)!;
  const slope = found instanceof RowGradient ? denseRows(found, table.shape) : found;
  const program = await runtime.compile(graph, { outputs: { slope } });
  const ran = await program.run({ users: Int32Array.from(ASKING), items: Int32Array.from(ASKED) });
  await program.dispose();
  return ran.slope as Float32Array;
}

Deno.test("where representations hold truths, what mixes or compares them as vectors is refused, and all else trains", async () => {
  const metadata = anyMetadata(USERS, ITEMS), refused: string[] = [], tried: string[] = [];
  const attempt = async (name: string, sampler: Policy, loss: ReturnType<typeof bpr>) => {
    const runtime = await openRuntime({ provider: "wasm", seed: 1 }), backbone = external(din("truth"));
    const recipe = { runtime, data, metadata, backbone, sampler, loss, optimizer: adam(), batchSize: 5, epochs: 1 };
    tried.push(name);
    try {
      for await (const { loss } of train(recipe)) assert(Number.isFinite(loss), name);
    } catch (error) {
      assert(error instanceof TypeError && error.message.startsWith("Cannot combine "), `${name}: ${error}`);
      if (error.message.includes("it mixes or compares vectors of users and items")) refused.push(name);
      else assert.match(error.message, /its score is none$|the backbone has no denoiser/, name);
    }
    await runtime.dispose();
  };
  for (const [name, make] of Object.entries<AnyMethod<Policy>>(samplers)) await attempt(name, make(), bpr());
  for (const [name, make] of Object.entries(losses)) {
    await attempt(name, rns(), (make as AnyMethod<ReturnType<typeof bpr>>)());
  }
  assert(tried.length > 50);
  assert.deepEqual(refused.sort(), [
    ...["advir", "ans", "dens", "divns", "mcns", "mixgcf", "shared-negatives", "triplet-lorentz", "triplh"],
    "user-similarity",
  ]);
});

Deno.test("ids and truths are no part of the vector that stands for an item", () => {
  const built = (bytes: Uint8Array) => {
    const graph = new GraphBuilder(), users = graph.input("users", "int32", [3]);
    const encoder = external(bytes).build(graph, of, { rows: 3, users });
    const point = pointOf(encoder)(encoder.items(graph.input("items", "int32", [4])));
    return { coordinates: encoder.coordinates, point: point.shape };
  };
  assert.deepEqual(built(din("truth")), {
    coordinates: {
      query: [...Array(6).fill("trained"), ...Array(3).fill("exact")],
      items: [...Array(2).fill("trained"), ...Array(7).fill("fixed")],
    },
    point: [4, 1, 9],
  });
  const { coordinates, point } = built(deepfm());
  assert.deepEqual(coordinates, { query: ["exact", "exact"], items: ["exact", "fixed"] });
  assert.deepEqual(point, [4, 1, 1]); // what fills it up
});

Deno.test("whole numbers that float32 does not hold exactly are refused at the cut, with their tensor", () => {
  assert.throws(
    () => external(deepfm(2 ** 24 + 1), { source: "fm.onnx" }),
    /^TypeError: Cannot use "fm\.onnx" as a backbone: "fu" is int64, which crosses the cut as float32, exact up to 16777216; its numbers are up to 16777217$/,
  );
  assert.equal(external(deepfm(2 ** 24)).cut.queries[0], "fu");
});

eachProvider(
  "ids of items that the joint part reads are themselves, as long as they are few enough",
  async (runtime) => {
    const bytes = countedOn(), backbone = external(bytes);
    await agrees(runtime, backbone, bytes, ASKING, ASKED);
    const built = (items: number) => {
      const graph = new GraphBuilder(), users = graph.input("users", "int32", [3]);
      backbone.build(graph, { ...of, items }, { rows: 3, users }).items(graph.input("items", "int32", [3, 1]));
    };
    built(2 ** 24);
    assert.throws(
      () => built(2 ** 24 + 1),
      /"next" is int64, .* exact up to 16777216; its numbers are up to 16777217$/,
    );
  },
);

for (const mask of Object.keys(masks) as (keyof typeof masks)[]) {
  Deno.test(`a mask (${mask}) does not decay, nor anything else that is not trained`, async () => {
    const runtime = await openRuntime({ provider: "wasm" }), l2 = 0.5, users = [3, 1], items = [4, 0], others = [2, 5];
    const lossAt = async (l2: number, freeze: string[] = []) => {
      const sampler = opened(rns(), of), backbone = external(din(mask), { freeze });
      const { graph, loss } = trainingStep({
        backbone,
        sampler,
        loss: bpr(),
        catalogue: of,
        batchSize: 2,
        padded: false,
        l2,
      });
      const program = await runtime.compile(graph, { outputs: { loss } });
      const [ids, positives] = [others, items].map((each) => Int32Array.from(each));
      const fed = {
        users: Int32Array.from(users),
        positives: positives!,
        epoch: Float32Array.of(0),
        "sampler/ids": ids!,
      };
      const ran = await program.run(fed);
      await program.dispose();
      return Number(ran.loss[0]);
    };
    const squares = (seed: number, rows: readonly number[]) =>
      rows.flatMap((row) => [Math.sin(seed + 2 * row), Math.sin(seed + 2 * row + 1)]).reduce(
        (all, x) => all + x * x,
        0,
      );
    const histories = squares(1, [6, 1, 0, 3, 0, 0]),
      ofItems = squares(2, [...items, ...others]),
      plain = await lossAt(0);
    const close = (found: number, wanted: number) => assert(Math.abs(found - wanted) < 1e-5, `${found}, not ${wanted}`);
    close(await lossAt(l2) - plain, l2 / 2 * (histories + ofItems) / 2);
    close(await lossAt(l2, ["e"]) - plain, l2 / 2 * ofItems / 2);
  });
}
