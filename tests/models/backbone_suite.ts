import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { openScorer } from "../../evaluation/scorer.ts";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient, type Value } from "../../graphs/builder.ts";
import { mul } from "../../graphs/ops/arithmetic.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { expand } from "../../graphs/ops/shape.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { bpr } from "../../losses/bpr.ts";
import type { Loss } from "../../losses/loss.ts";
import { preferdiff } from "../../losses/preferdiff.ts";
import { asking } from "../../models/asking.ts";
import type { Backbone } from "../../models/backbone.ts";
import { external } from "../../models/external.ts";
import { backbones } from "../../models/mod.ts";
import type { AnyMethod } from "../../options/method.ts";
import { Rng } from "../../random/rng.ts";
import { openModel } from "../../runtime/model.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { rns } from "../../samplers/rns.ts";
import { adam } from "../../training/optimizers.ts";
import { servedLength } from "../../training/exported_inputs.ts";
import { recommenderModel } from "../../training/recommender.ts";
import { train } from "../../training/trainer.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { checkerboard, checkerboardMetadata } from "./checkerboard.ts";
import { biased, neumf, twoTower } from "./exported.ts";
import { smallBackbone } from "./small_backbone.ts";

const SIZE = 16,
  metadata = checkerboardMetadata(SIZE),
  of = catalogue(checkerboard(SIZE), metadata),
  USERS = Int32Array.of(3, 0, 7),
  EXPORTED_FOR = Int32Array.of(3, 0, 2), // of whom the last has met item 0
  ROWS = 3;
interface Training {
  readonly rate: number;
  readonly epochs: number;
  readonly loss: Loss;
}
const usual: Training = { rate: 0.05, epochs: 40, loss: bpr() };
/** Of those whose several parts, each moved by the common rate, would overshoot; and of what noise teaches. */
const others: Readonly<Record<string, Partial<Training>>> = {
  "two-tower": { rate: 0.03 },
  "multi-behaviour-mf": { rate: 0.03 },
  preferdiff: { rate: 0.02, epochs: 150, loss: preferdiff() },
};
/** Every backbone with its defaults, and with each of its flags and words turned to something else. */
const variants = Object.entries<AnyMethod<Backbone>>(backbones).flatMap(([name, make]) => [
  { name, training: { ...usual, ...others[name] }, backbone: smallBackbone(make), isDefault: true },
  ...Object.entries(make.options).flatMap(([option, { default: value, takes }]) =>
    (typeof value === "boolean" ? [!value] : takes.startsWith("one of ") ? takes.slice(7).split(", ") : [])
      .filter((other) => other !== value)
      .map((other) => ({
        name: `${name} with ${option} ${other}`,
        training: { ...usual, ...others[name] },
        backbone: smallBackbone(make, { [option]: other }),
        isDefault: false,
      }))
  ),
]);
for (const [name, make] of Object.entries({ neumf, twoTower, biased })) {
  const backbone = external(make({ users: SIZE, items: SIZE }));
  variants.push({
    name: `a file of ${name}`,
    training: { ...usual, rate: 0.1 },
    backbone,
    isDefault: name === "neumf",
  });
}
const onWasm = (name: string, run: (runtime: Runtime) => Promise<void>) =>
  Deno.test(`${name} (WASM)`, async () => await run(await openRuntime({ provider: "wasm", seed: 42 })));
const near = (found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-6) => {
  assert.equal(found.length, wanted.length);
  const most = tolerance * Math.max(1, ...Array.from(wanted, Math.abs)); // small ones are differences of large ones
  for (let at = 0; at < wanted.length; at++) {
    assert(Math.abs(found[at]! - wanted[at]!) <= most, `${at}: ${found[at]}, not ${wanted[at]}`);
  }
};
/**
 * Elements for every variable of a graph: biases that start at zero move, and four coordinates stay within a ball. Those
 * of attention are larger, or all weights would be about equal.
 */
const randomised = ({ variables }: GraphBuilder, seed = 4) => {
  const rng = new Rng(seed, "backbones test"), spread = variables.has("block_0/key/W") ? 2 : 0.9;
  return new Map(
    [...variables.values()].map(({ name, shape }) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, () => spread * (rng.uniform() - 0.5));
      return [name, { shape, data }] as const;
    }),
  );
};
/** What an exported file is fed for users: all at once, or one history after the other. */
function exportedFeeds({ history }: Backbone, users: Int32Array) {
  const int64 = (ids: Int32Array, shape: readonly number[]) =>
    ({ dtype: "int64", shape, data: BigInt64Array.from(ids, BigInt) }) as const;
  if (!history) return [{ from: 0, inputs: { users: int64(users, [users.length]) } }];
  const { offsets, items } = of.sequences(), length = servedLength(history, of);
  return Array.from(users, (user, from) => {
    const read = new Int32Array(length).fill(-1);
    read.set(items.subarray(offsets[user], offsets[user + 1]).slice(-length));
    return { from, inputs: { history: int64(read, [1, length]) } };
  });
}
/** Steps of finite differences: rounding spoils short ones, curvature and kinks long ones. */
const STEPS = [2e-2, 5e-3, 1e-3];
/** How many directions a variable is moved in at most, and in how many differences must agree with the gradient. */
const DIRECTIONS = 5, AGREED = 3;

/** Declares the tests that every backbone passes, for those that `are` asked for. */
export function testBackbones(are: (backbone: Backbone) => boolean): void {
  for (const variant of variants) if (are(variant.backbone)) testBackbone(variant);
}

function testBackbone({ name, training: { rate, epochs, loss }, backbone, isDefault }: typeof variants[number]): void {
  const built = (users = USERS) => {
    const graph = new GraphBuilder(), asked = asking(backbone, of, ROWS), [piece] = asked.pieces(users);
    assert.equal(piece!.count, ROWS);
    return { graph, encoder: backbone.build(graph, of, asked.declare(graph)), feeds: piece!.feeds };
  };

  const onProviders = isDefault ? eachProvider : onWasm;
  // of the checkerboard the last items alone are told, which says nothing of the others
  const toldAll = backbone.history?.asks !== "last";
  // noise takes it so many epochs that software WebGPU would learn for a minute; its gradients are checked there
  const learnsOn = loss.denoises ? onWasm : onProviders;
  if (toldAll) {
    learnsOn(`${name} learns the checkerboard: a user's unseen item outranks the other parity`, async (runtime) => {
      const steps = train({
        runtime,
        data: checkerboard(SIZE),
        metadata,
        backbone,
        sampler: rns(),
        loss,
        optimizer: adam({ lr: rate }),
        batchSize: 60,
        l2: 0.1,
        epochs,
      });
      for await (const { loss } of steps) {
        assert(loss > 0);
      }
      const scorer = await openScorer(runtime, backbone, of, { rows: SIZE, columns: SIZE });
      await scorer.score(Int32Array.from({ length: SIZE }, (_, user) => user), (scores) => {
        for (let user = 0; user < SIZE; user++) {
          for (let item = (user + 1) % 2; item < SIZE; item += 2) {
            const own = scores[user * SIZE + user]!, other = scores[user * SIZE + item]!;
            assert(own > other, `user ${user}: item ${user} scores ${own}, item ${item} ${other}`);
          }
        }
      });
      await scorer.dispose();
    });
  }

  onProviders(
    `${name} scores a pool that rows share as it scores the pool repeated, and item by item`,
    async (runtime) => {
      const { graph, encoder, feeds } = built(), ids = graph.constant(Int32Array.of(5, 2, 2, 11, 0), [1, 5]);
      const shared = encoder.items(ids), [, ...rest] = shared.shape; // [1, N, L, D]
      const repeated = expand(shared, [ROWS, ...rest]);
      const each = [5, 2, 2, 11, 0].map((id) => graph.constant(Int32Array.of(id, id, id), [ROWS, 1]));
      const program = await runtime.compile(graph, {
        outputs: {
          shared: encoder.score(encoder.query, shared),
          repeated: encoder.score(encoder.query, repeated),
          own: encoder.score(encoder.query, encoder.items(expand(ids, [ROWS, 5]))),
          ...Object.fromEntries(each.map((id, n) => [`each${n}`, encoder.score(encoder.query, encoder.items(id))])),
        } as Record<string, Value>,
      });
      await runtime.load(randomised(graph));
      const found = await program.run(feeds) as Record<string, Float32Array>;
      assert.equal(found.shared!.length, ROWS * 5);
      near(found.repeated!, found.shared!, 1e-5);
      near(found.own!, found.shared!, 1e-5);
      for (let n = 0; n < 5; n++) near(found[`each${n}`]!, [0, 1, 2].map((row) => found.shared![5 * row + n]!), 1e-5);
      assert(new Set(found.shared).size >= 10, "the scores differ");
    },
  );

  Deno.test(`${name} gives the ids of any shape the representations [.., L, D], one by one`, async () => {
    const runtime = await openRuntime({ provider: "wasm" }), { graph, encoder, feeds } = built();
    const flat = encoder.items(graph.constant(Int32Array.of(1, 4, 4, 0, 9, 2))); // [6, L, D]
    const square = encoder.items(graph.constant(Int32Array.of(1, 4, 4, 0, 9, 2), [2, 3])); // [2, 3, L, D]
    assert.deepEqual(square.shape, [2, 3, ...flat.shape.slice(1)]);
    assert.deepEqual(encoder.query.shape, [ROWS, ...flat.shape.slice(1)]);
    const program = await runtime.compile(graph, { outputs: { flat, square, query: encoder.query } });
    await runtime.load(randomised(graph));
    const found = await program.run(feeds);
    assert.deepEqual(found.square, found.flat);
  });

  // software WebGPU takes half a minute for a network unrolled in time: of those the defaults alone are checked there
  const onThose = backbone.history ? onProviders : eachProvider;
  onThose(`the gradients of ${name} are its finite differences in every variable`, async (runtime) => {
    const { graph, encoder, feeds } = built(), rng = new Rng(6, "slopes");
    const scores = encoder.score(
      encoder.query,
      encoder.items(graph.constant(Int32Array.of(1, 4, 4, 0, 9, 2), [ROWS, 2])),
    );
    const pull = Float32Array.from({ length: 2 * ROWS }, () => 30 * rng.normal());
    const loss = sum(mul(graph.constant(pull, [ROWS, 2]), mul(scores, scores))),
      variables = [...graph.variables.values()],
      start = randomised(graph);
    const slopes = gradients(loss, variables);
    assert.equal(slopes.size, variables.length);
    const dense = (at: typeof variables[number]): Value => {
      const slope = slopes.get(at)!;
      return slope instanceof RowGradient ? denseRows(slope, at.shape) : slope;
    };
    const program = await runtime.compile(graph, {
      outputs: { scores, ...Object.fromEntries(variables.map((v) => [`d ${v.name}`, dense(v)])) } as Record<
        string,
        Value
      >,
    });
    await runtime.load(start);
    const rule = await program.run(feeds);
    for (const { name: moved, shape } of variables) {
      const along = async (d: Float32Array, h: number) => {
        const data = start.get(moved)!.data.map((x, i) => x + h * d[i]!);
        await runtime.load(new Map([...start, [moved, { shape, data }]]));
        const { scores } = await program.run(feeds);
        return pull.reduce((total, weight, at) => total + weight * Number(scores![at]) ** 2, 0); // the loss, in doubles
      };
      const said: string[] = [];
      let agreed = 0;
      for (let tried = 0; agreed < AGREED && tried < DIRECTIONS; tried++) {
        const d = Float32Array.from({ length: sizeOf(shape) }, () => rng.normal());
        const terms = Array.from(d, (x, i) => x * Number(rule[`d ${moved}`]![i])), size = Math.hypot(...terms);
        const slope = terms.reduce((a, b) => a + b, 0);
        assert(size > 1e-3, `${moved}: slopes of size ${size} say little`);
        const agrees = async (h: number) => {
          const difference = (await along(d, h) - await along(d, -h)) / (2 * h);
          said.push(`${slope} by its rule, ${difference} over ${h}`);
          return Math.abs(difference - slope) < 1e-2 * size;
        };
        for (const h of STEPS) {
          if (!await agrees(h)) continue;
          agreed++;
          break;
        }
      }
      assert(agreed === AGREED, `${moved}: ${said.join("; ")}`);
    }
  });

  Deno.test(`${name} ranks and is exported with the scores that it has in a step`, async () => {
    const runtime = await openRuntime({ provider: "wasm" }), { graph, encoder, feeds } = built(EXPORTED_FOR);
    const all = encoder.items(graph.constant(Int32Array.from({ length: SIZE }, (_, id) => id), [1, SIZE]));
    const program = await runtime.compile(graph, { outputs: { scores: encoder.score(encoder.query, all) } });
    await runtime.load(randomised(graph));
    const wanted = (await program.run(feeds)).scores as Float32Array;

    for (const columns of [5, 8]) { // by a session; by the kernel of inner products, where scores are those
      const scorer = await openScorer(runtime, backbone, of, { rows: ROWS, columns }), found = wanted.slice().fill(0);
      await scorer.score(EXPORTED_FOR, (scores, first) => {
        for (let row = 0; row < ROWS; row++) {
          const own = scores.subarray(row * columns, row * columns + Math.min(columns, SIZE - first));
          found.set(own, row * SIZE + first);
        }
      });
      near(found, wanted, 1e-5);
      await scorer.dispose();
    }

    const file = await openModel(
      await recommenderModel(backbone, of, await runtime.save(), { top: SIZE, unseenOnly: false }),
    );
    const exported = wanted.slice().fill(0);
    for (const { inputs, from } of exportedFeeds(backbone, EXPORTED_FOR)) {
      const { items, scores } = await file.run(inputs);
      scores!.data.forEach((score, at) => {
        exported[(from + Math.floor(at / SIZE)) * SIZE + Number(items!.data[at])] = Number(score);
      });
    }
    near(exported, wanted, 1e-5);
    await file.dispose();
  });
}
