import assert from "node:assert/strict";
import { SeenItems } from "../../datasets/negatives.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { cast } from "../../graphs/ops/compare.ts";
import { Rng } from "../../random/rng.ts";
import type { SavedTensor } from "../../runtime/runtime.ts";
import { kgpolicy } from "../../samplers/kgpolicy.ts";
import { frequentFacts } from "../../samplers/kgpolicy/frequent_facts.ts";
import { hasMet } from "../../samplers/has_met.ts";
import { drawSteps, walkableGraph } from "../../samplers/kgpolicy/walkable_graph.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened } from "./drawn.ts";
import { explored, type Numbers, ratings, vectorsOf, type Weights, type World } from "./kgpolicy_oracle.ts";
import { play } from "./players.ts";

// Six nodes: items 0 1 2, entities 3 4, user 5, who has met item 0. Facts join 0-3, 1-3, 1-4 and 2-4.
const knowledge = {
  entities: 5,
  relations: 1,
  heads: Int32Array.of(0, 3, 1, 4),
  kinds: new Int32Array(4),
  tails: Int32Array.of(3, 1, 4, 2),
};
const of = catalogueWhere([[0]], 3, { knowledge }), graph = walkableGraph(of, knowledge, 2, true), DIM = 4;
/** Where steps lead: neighbours, then items that stand for random ones. */
const STEPS = [[3, 5, 1, 2], [3, 4, 0, 2], [4, 1, 0, 1], [0, 1, 2, 0], [1, 2, 0, 1], [0, 2, 1, 1]];
const world: World = {
  graph,
  steps: STEPS,
  items: 3,
  user: 0,
  temperature: 0.25,
  kept: 3,
  met: [0],
  scores: [0.7, 1, -0.5],
  uniform: [[2, 1, 1, 2], [1, 2, 2, 1]],
};
const ITEMS = [[0.7, 1], [1, -0.4], [-0.5, 1.2]]; // the user's vector is (1, 0)
const rewards = [0, 1, 2].map((n) => world.scores[n]! + ITEMS[n]![0]! * 0.7 + ITEMS[n]![1]! * 1); // s + n . p
const rng = new Rng(8, "weights"), some = (n: number) => Array.from({ length: n }, () => Math.fround(rng.normal()));
const shapes = {
  node: [6, 4],
  "first/weight": [8, 2],
  "first/bias": [2],
  "second/weight": [4, 4],
  "second/bias": [4],
} as const;
const weights = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, some(sizeOf(shape))]),
) as unknown as Weights;
const tensors = new Map<string, SavedTensor>([
  ["user", { shape: [1, 2], data: Float32Array.of(1, 0) }],
  ["item", { shape: [3, 2], data: Float32Array.from(ITEMS.flat()) }],
  ...Object.entries(weights).map(([name, data]): [string, SavedTensor] => [
    `sampler/${name}`,
    { shape: shapes[name as keyof Weights], data: Float32Array.from(data) },
  ]),
]);
const table = Int32Array.from(STEPS.flat());
const OPTIONS = {
  neighbours: 2,
  occurrences: 1,
  through: "all",
  dim: DIM,
  kept: world.kept,
  temperature: world.temperature,
} as const;

/** A step of the policy for `rows` walks from item 0. */
function walk(
  options: Parameters<typeof kgpolicy>[0],
  rows: number,
  known: ReadonlyMap<string, SavedTensor> = tensors,
) {
  const uniform = world.uniform.slice(0, options?.steps ?? 2).flat(), pool = uniform.length;
  return play(kgpolicy({ ...OPTIONS, ...options }), of, {
    users: new Int32Array(rows),
    positives: new Int32Array(rows),
    dim: 2,
    tensors: known,
    fed: { uniform: Int32Array.from({ length: rows * pool }, (_, at) => uniform[at % pool]!), table },
  });
}
const h = vectorsOf(graph, weights, DIM);

Deno.test("a rare entity goes, an item stays, and what is left is renumbered", () => {
  const facts = {
    entities: 6,
    relations: 2,
    heads: Int32Array.of(0, 1, 4, 5, 2),
    kinds: Int32Array.of(0, 1, 0, 1, 1),
    tails: Int32Array.of(3, 4, 0, 3, 5),
  }; // of 3 items; entity 3 occurs twice, 4 and 5, too
  assert.deepEqual(frequentFacts(facts, 3, 2), { ...facts });
  const { heads, tails, kinds, entities } = frequentFacts({ ...facts, heads: Int32Array.of(0, 1, 4, 5, 2) }, 4, 3);
  assert.deepEqual([entities, heads, kinds, tails], [4, Int32Array.of(0), Int32Array.of(0), Int32Array.of(3)]);
  const kept = frequentFacts({ ...facts, tails: Int32Array.of(3, 5, 0, 3, 5) }, 3, 2); // 4 occurs once, 5 three times
  assert.deepEqual([kept.entities, kept.heads, kept.tails], [5, Int32Array.of(0, 1, 4, 2), Int32Array.of(3, 4, 3, 4)]);
});

Deno.test("nodes are joined by facts and interactions, in both directions, and lead to neighbours and random items", () => {
  const neighbours = Array.from(
    { length: 6 },
    (_, node) => [...graph.sources].filter((_, at) => graph.targets[at] === node),
  );
  assert.deepEqual(neighbours, [[3, 5], [3, 4], [4], [0, 1], [1, 2], [0]]);
  assert.deepEqual([...graph.shares], [1 / 2, 1 / 2, 1, 1 / 2, 1 / 2, 1]);
  assert.deepEqual([graph.nodes, graph.firstUser], [6, 5]);
  assert.deepEqual(
    neighbours.map((_, node) => [...graph.ends.subarray(...graph.offsets.subarray(node, node + 2))]),
    neighbours,
  );
  const drawn = new Int32Array(6 * 6);
  drawSteps(graph, drawIn(of), drawn);
  neighbours.forEach((own, node) => {
    const steps = [...drawn.subarray(node * 6, (node + 1) * 6)];
    assert.deepEqual(steps.slice(0, own.length), own);
    assert(steps.slice(own.length).every((item) => item < 3));
  });
});

Deno.test("where steps lead is drawn anew each epoch, the same for the same seed", () => {
  const drawn = (epoch: number, seed: number) => {
    const steps = new Int32Array(6 * 2);
    drawSteps(graph, drawIn(of, { epoch, seed }), steps);
    return steps;
  };
  assert.deepEqual(drawn(3, 1), drawn(3, 1));
  assert.notDeepEqual(drawn(3, 1), drawn(4, 1));
  assert.notDeepEqual(drawn(3, 1), drawn(3, 2));
});

Deno.test("a walk that does not pass users steps onto none, though vectors are still made with them", () => {
  const { ends, sources } = walkableGraph(of, knowledge, 2, false);
  assert(ends.every((node) => node < graph.firstUser));
  assert.deepEqual(sources, graph.sources);
});

Deno.test("of many neighbours a sample without repeats is kept, of repeated facts one", () => {
  const items = 40, heads = Int32Array.from({ length: 80 }, (_, at) => at % items);
  const star = {
    entities: items + 1,
    relations: 1,
    heads,
    kinds: new Int32Array(80),
    tails: new Int32Array(80).fill(items),
  };
  const { sources, targets, shares } = walkableGraph(catalogueWhere([[]], items), star, 7, true);
  const near = [...sources].filter((_, at) => targets[at] === items);
  assert.deepEqual([near.length, new Set(near).size, shares[items]], [7, 7, Math.fround(1 / 7)]);
  assert.equal([...sources].filter((_, at) => targets[at] === 0).length, 1);
});

eachProvider("the search in the graph finds exactly the train positives", async (runtime) => {
  const draws = new Rng(4, "met"), items = 23, graph = new GraphBuilder();
  const met = [
    [],
    [0],
    [22],
    ...[3, 8, 15, 23].map((count) => draws.shuffle(Array.from({ length: items }, (_, i) => i)).slice(0, count)),
    [],
  ];
  const all = catalogueWhere(met, items), seen = new SeenItems(all), rows = met.length;
  const step = { graph, userIds: graph.input("users", "int32", [rows]) };
  const found = cast(hasMet(step, all, graph.input("ids", "int32", [rows, items + 2])), "float32");
  const program = await runtime.compile(graph, { outputs: { found } });
  const ids = Int32Array.from({ length: rows * (items + 2) }, (_, at) => at % (items + 2)); // two are no items
  const { found: answers } = await program.run({ users: Int32Array.from(met, (_, user) => user), ids });
  answers!.forEach((answer, at) =>
    assert.equal(answer === 1, ids[at]! < items && seen.has(Math.floor(at / (items + 2)), ids[at]!), `${at}`)
  );
});

const ROWS = 20_000;
/** Probabilities of items after one step, and after another from wherever that led. */
const afterOne = (): number[] => byItem(explored(world, h, 0, 0));
const byItem = (ends: readonly { readonly id: number; readonly p: number }[]) =>
  [0, 1, 2].map((item) => ends.reduce((sum, { id, p }) => id === item ? sum + p : sum, 0));

Deno.test("one step ends where the enumerated policy does, two where it does from there", async () => {
  assertLaw((await walk({ steps: 1 }, ROWS)).ids!, afterOne());
  const second = explored(world, h, 0, 0).flatMap(({ id, p }) =>
    explored(world, h, id, 1).map((end) => ({ ...end, p: p * end.p }))
  );
  assertLaw((await walk({ steps: 2 }, ROWS)).ids!, byItem(second));
});

/** E[r_1 + discount r_2] of the enumerated policy. */
function value(of: Weights, discount: number): number {
  const vectors = vectorsOf(graph, of, DIM);
  return explored(world, vectors, 0, 0).reduce((sum, { id, p }) => {
    const later = explored(world, vectors, id, 1).reduce((sum, end) => sum + end.p * rewards[end.id]!, 0);
    return sum + p * (rewards[id]! + discount * later);
  }, 0);
}
/** The slope of `f` in each number of one of the weights, by central differences. */
const slopes = (name: keyof Weights, f: (weights: Weights) => number) =>
  weights[name].map((_, at) => {
    const moved = (by: number) => f({ ...weights, [name]: weights[name].map((x, i) => i === at ? x + by : x) });
    return (moved(1e-4) - moved(-1e-4)) / 2e-4;
  });
/** Off by no more than chance allows: a share of the largest. */
const near = (found: ArrayLike<number>, wanted: Numbers, what: string) => {
  const tolerance = 0.1 * Math.max(...wanted.map(Math.abs));
  wanted.forEach((w, at) =>
    assert(Math.abs(found[at]! - w) < tolerance, `${what}: ${Array.from(found)}, not ${wanted}`)
  );
};

Deno.test("the policy gradient is that of the expected discounted reward, with any baseline", async () => {
  for (const [discount, baseline] of [[0.5, 0], [0.99, 1.5]] as const) {
    const known = new Map([
      ...tensors,
      ...[0, 1].map((k): [string, SavedTensor] => [
        `sampler/step ${k}/baseline`,
        { shape: [1], data: Float32Array.of(baseline) },
      ]),
    ]);
    const { ofAuxiliary } = await walk({ discount }, ROWS, known);
    for (const name of Object.keys(weights) as (keyof Weights)[]) {
      const wanted = slopes(name, (weights) => -value(weights, discount));
      near(ofAuxiliary.get(`sampler/${name}`)!, wanted, name);
    }
  }
});

Deno.test("each player's loss moves that player alone", async () => {
  const { ofAuxiliary, ofRanking } = await walk({}, 4);
  const moved = (gradients: ReadonlyMap<string, Float32Array>) =>
    [...gradients].filter(([, slope]) => slope.some((x) => x !== 0)).map(([name]) => name).sort();
  assert.deepEqual(moved(ofAuxiliary), Object.keys(weights).map((name) => `sampler/${name}`).sort());
  assert.deepEqual(moved(ofRanking), ["item", "user"]);
});

Deno.test("entities, users and train positives are never walked to: uniform negatives stand in for them", async () => {
  const everything = catalogueWhere([[0, 1]], 3, { knowledge }), rows = 2000;
  const { ids } = await play(kgpolicy(OPTIONS), everything, {
    users: new Int32Array(rows),
    positives: new Int32Array(rows),
    fed: { uniform: new Int32Array(rows * 8).fill(2), table },
  });
  assert(ids!.every((id) => id === 2)); // all that the user has not met
});

Deno.test("as released, the best neighbour's best two-hop item by the recommender is taken, or a uniform one if it was met", async () => {
  const rated = (x: number, among: Numbers) => ratings(world, h, x, among);
  const best = (xs: Numbers) => xs.indexOf(Math.max(...xs));
  const nearest = STEPS[0]!, hop = rated(0, nearest), via = nearest[best(hop)]!;
  const farther = STEPS[via]!, second = rated(via, farther);
  const candidates = farther.map((y, slot) => y < 3 ? y : world.uniform[0]![slot]!);
  const slots = second.map((_, slot) => slot).sort((a, b) => second[b]! - second[a]! || a - b).slice(0, 2);
  const scored = slots.map((slot) => world.scores[candidates[slot]!]!), slot = slots[best(scored)]!;
  const end = candidates[slot]!;
  const { ids, auxiliary } = await walk({ compat: "code", steps: 1, kept: 2 }, 3);
  assert.deepEqual([...ids!], Array(3).fill(end === 0 ? world.uniform[0]![0] : end));
  const logP = (xs: Numbers, at: number) => xs[at]! - Math.log(xs.reduce((sum, x) => sum + Math.exp(x), 0));
  const wanted = -rewards[end]! * (logP(hop, best(hop)) + logP(second, slot));
  assert(Math.abs(auxiliary - wanted) < 1e-5, `${auxiliary}, not ${wanted}`);
});

Deno.test("as released, a walk that ends on a train positive gives a uniform negative", async () => {
  const lone = catalogueWhere([[0, 1]], 3, { knowledge }), rows = 50, scores = [5, 4, 0]; // positives score highest
  const { ids } = await play(kgpolicy({ ...OPTIONS, kept: 4, compat: "code" }), lone, {
    users: new Int32Array(rows),
    positives: new Int32Array(rows),
    dim: 1,
    tensors: new Map([["user", { shape: [1, 1], data: Float32Array.of(1) }], [
      "item",
      { shape: [3, 1], data: Float32Array.from(scores) },
    ]]),
    fed: { uniform: new Int32Array(rows * 8).fill(2), table },
  });
  assert(ids!.every((id) => id === 2));
});

Deno.test("without a knowledge graph it says so", () => {
  assert.throws(() => opened(kgpolicy(), catalogueWhere([[0]], 3)), {
    name: "TypeError",
    message: 'Cannot use sampler "kgpolicy": the data have no knowledge graph; --kg names a file of them',
  });
});

Deno.test("what stands in is unseen", async () => {
  const fed = await opened(kgpolicy(OPTIONS), of, 50).propose(batchOf(0, 50), drawIn(of));
  assert.deepEqual([...new Set(fed.uniform as Int32Array)].sort(), [1, 2]);
});
