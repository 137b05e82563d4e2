import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import type { Metadata } from "../../datasets/metadata.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import type { Backbone, Encoder } from "../../models/backbone.ts";
import { crossDomainMf } from "../../models/cross_domain_mf.ts";
import { mf } from "../../models/mf.ts";
import { multiBehaviourMf } from "../../models/multi_behaviour_mf.ts";
import { twoTower } from "../../models/two_tower.ts";
import { vbpr } from "../../models/vbpr.ts";
import { openRuntime } from "../../runtime/providers.ts";

/** Two users and three items; user 1 has met nothing. */
const log = interactions({ users: [0], items: [0], userCount: 2, itemCount: 3 });
/** Item 0 is a and b, item 1 is b; item 2 is nothing, and has no image. */
const attributes = { offsets: Int32Array.of(0, 2, 3, 3), targets: Int32Array.of(0, 1, 1), names: ["a", "b"] };
const image = { name: "image", width: 2, data: Float32Array.of(3, 4, 0, -2), rows: Int32Array.of(1, 0, -1) };

/** Scores [users, items] under variables that are given, of which the graph has no others. */
async function scores(
  backbone: Backbone,
  metadata: Metadata,
  given: Readonly<Record<string, readonly number[]>>,
  of: (encoder: Encoder, graph: GraphBuilder) => Encoder = (encoder) => encoder,
): Promise<number[]> {
  const graph = new GraphBuilder(), runtime = await openRuntime({ provider: "wasm" });
  const users = graph.constant(Int32Array.of(0, 1));
  const { query, items, score } = of(backbone.build(graph, catalogue(log, metadata), { rows: 2, users }), graph);
  const found = score(query, items(graph.constant(Int32Array.of(0, 1, 2), [1, 3])));
  const program = await runtime.compile(graph, { outputs: { found } });
  assert.deepEqual([...graph.variables.keys()].sort(), Object.keys(given).sort());
  await runtime.load(
    new Map([...graph.variables].map(([name, { shape }]) => [name, { shape, data: Float32Array.from(given[name]!) }])),
  );
  return Array.from((await program.run({})).found as Float32Array, (x) => Number(x.toFixed(4)));
}

Deno.test("vbpr is b_i + gamma_u . gamma_i + theta_u . f_i E + f_i beta', of unit vectors, means of attributes, and what is learnt for none", async () => {
  const found = await scores(vbpr({ dim: 1, contentDim: 1 }), { attributes, vectors: [image] }, {
    user: [2, -1],
    "user/content": [1, 3],
    item: [1, 2, 3],
    bias: [0.5, 0, 0],
    attributes: [10, 20, 7], // a, b, none
    "vectors/image": [1, 10],
    "vectors/image/none": [-5],
    "bias/attributes": [1, 2, 4],
    "bias/vectors/image": [0, 0],
    "bias/vectors/image/none": [8],
  });
  // f E: (10 + 20) / 2 + (0, -1) . (1, 10), 20 + (0.6, 0.8) . (1, 10), 7 - 5; f beta' with b: 1.5 + 0.5, 2, 4 + 8
  const content = [15 - 10, 20 + 8.6, 2], biases = [2, 2, 12];
  assert.deepEqual(found, [
    ...[1, 2, 3].map((gamma, i) => Number((2 * gamma + content[i]! + biases[i]!).toFixed(4))),
    ...[1, 2, 3].map((gamma, i) => Number((-gamma + 3 * content[i]! + biases[i]!).toFixed(4))),
  ]);
});

Deno.test("an item whose vector has no length has no content, and neither vector nor score is lost", async () => {
  const empty = { ...image, data: Float32Array.of(0, 0, 3, 4), rows: Int32Array.of(0, 1, 1) };
  const found = await scores(vbpr({ dim: 1, contentDim: 1 }), { vectors: [empty] }, {
    ...{ user: [1, 1], "user/content": [1, 2], item: [1, 1, 2], bias: [0, 0, 0] },
    ...{ "vectors/image": [10, 20], "bias/vectors/image": [0, 0] },
  });
  assert.deepEqual(found, [1, 1 + 22, 2 + 22, 1, 1 + 44, 2 + 44]);
});

Deno.test("a modality may be called anything: what parts a variable's name from an optimiser's state is written otherwise", async () => {
  const found = await scores(vbpr({ dim: 1, contentDim: 1 }), { vectors: [{ ...image, name: "image#1%" }] }, {
    ...{ user: [0, 0], "user/content": [1, 2], item: [0, 0, 0], bias: [0, 0, 0] },
    ...{ "vectors/image%231%": [10, 20], "vectors/image%231%/none": [-5] },
    ...{ "bias/vectors/image%231%": [0, 0], "bias/vectors/image%231%/none": [8] },
  });
  assert.equal(found.length, 6);
  assert.equal(found[2], -5 + 8);
});

Deno.test("two towers without layers whose parts are added sum the vectors of ids and features, over tau", async () => {
  const userAttributes = { offsets: Int32Array.of(0, 1, 1), targets: Int32Array.of(0), names: ["old"] };
  const found = await scores(
    twoTower({ dim: 1, layers: 0, fusion: "sum", temperature: 0.5 }),
    { attributes, userAttributes },
    { "user/id": [1, 2], "user/attributes": [3, 5], "item/id": [1, 1, 2], "item/attributes": [2, 4, -1] },
  );
  assert.deepEqual(found, [4, 7].flatMap((user) => [1 + 3, 1 + 4, 2 - 1].map((item) => 2 * user * item)));
});

Deno.test("two layers have a ReLU between them, and parts side by side go through one matrix", async () => {
  const found = await scores(twoTower({ dim: 1, layers: 2, userIds: true }), { attributes }, {
    "user/id": [1, -1],
    "user/layer0": [1],
    "user/layer0/bias": [0.5],
    "user/layer1": [2],
    "user/layer1/bias": [1],
    "item/id": [1, 1, 2],
    "item/attributes": [2, 4, -1],
    "item/layer0": [1, 10],
    "item/layer0/bias": [0],
    "item/layer1": [1],
    "item/layer1/bias": [-35],
  });
  const user = [2 * 1.5 + 1, 1], item = [1 + 30 - 35, 1 + 40 - 35, -35]; // 2 - 10 is cut off at 0, the last layer's is not
  assert.deepEqual(found, user.flatMap((u) => item.map((i) => u * i)));
});

Deno.test("gates add parts in shares that are the softmax of what the parts say", async () => {
  const found = await scores(twoTower({ dim: 1, layers: 0, fusion: "gate" }), { attributes }, {
    "user/id": [1, 2],
    "item/id": [0, 0, 0],
    "item/attributes": [1, 1, -1],
    "item/gate": [0, 0, 0, Math.log(3)], // of [id; attributes] to each part's weight: 1 and 3 to the power of attributes
  });
  assert.deepEqual(found, [0.75, 0.75, -0.25, 1.5, 1.5, -0.5]);
});

const pairs = { offsets: Int32Array.of(0, 1, 2), targets: Int32Array.of(1, 2) };
const behaviours = [{ name: "cart", ...pairs }, { name: "view", ...pairs }];

Deno.test("behaviours weigh the coordinates of p_u * q_i each by its own h, which may come from that of the next weaker", async () => {
  const tables = { user: [1, 2, 3, 4], item: [1, 0, 0, 1, 1, 1] };
  assert.deepEqual(
    await scores(multiBehaviourMf({ dim: 2 }), { behaviours }, { ...tables, h: [10, 1] }),
    [10, 2, 12, 30, 4, 34],
  );
  const chain = {
    ...tables,
    "h/view": [1, 1],
    "h/cart": [0, 1], // r
    "h/cart/transfer": [2, 0, 0, 3], // h of cart: (2, 4)
    h: [1, 0],
    "h/transfer": [0, 1, 1, 0], // h: (5, 2)
  };
  const transferring = multiBehaviourMf({ dim: 2, transfer: true });
  assert.deepEqual(await scores(transferring, { behaviours }, chain), [5, 4, 9, 15, 8, 23]);
  const cart = (encoder: Encoder, graph: GraphBuilder) =>
    encoder.tasks![0]!.encode(graph.constant(Int32Array.of(0, 1)));
  assert.deepEqual(await scores(transferring, { behaviours }, chain, cart), [2, 8, 10, 6, 16, 22]);
});

Deno.test("tasks are the weaker behaviours, strongest first, each with its lambda", () => {
  const graph = new GraphBuilder(), users = graph.constant(Int32Array.of(0));
  const backbone = multiBehaviourMf({ weight: 0.8, falling: 0.5, negatives: 3 });
  const { tasks } = backbone.build(graph, catalogue(log, { behaviours }), { rows: 1, users });
  assert.deepEqual(tasks!.map(({ name, weight, negatives }) => [name, weight, negatives]), [
    ["cart", 0.8, 3],
    ["view", 0.4, 3],
  ]);
});

Deno.test("a user is shared and own vector, added or mixed; one who is absent from a domain has the shared one alone there", async () => {
  const source = { offsets: Int32Array.of(0, 0, 1, 2), targets: Int32Array.of(0, 1), items: 3 }; // user 0 is not there
  const tables = { "user/shared": [1, 2, 9], user: [10, 100], item: [1, 2, 3] };
  assert.deepEqual(await scores(crossDomainMf({ dim: 1 }), { source }, tables), [11, 22, 33, 2, 4, 6]);
  const mixed = { ...tables, gate: [Math.log(3), 0] }; // g is 3 / 4 where the shared vector is 1
  assert.deepEqual(await scores(crossDomainMf({ dim: 1, combine: "gate" }), { source }, mixed), [
    ...[1, 2, 3].map((q) => q * (0.75 * 1 + 0.25 * 10)),
    ...[2, 4, 6],
  ]);
  const there = (encoder: Encoder, graph: GraphBuilder) =>
    encoder.tasks![0]!.encode(graph.constant(Int32Array.of(0, 1)));
  const both = { ...tables, "source/user": [1000, -1, 0], "source/item": [5, 6, 7] };
  assert.deepEqual(await scores(crossDomainMf({ dim: 1 }), { source }, both, there), [5, 6, 7, 5, 6, 7]);
});

Deno.test("what the data lack is named, with the option that brings it", () => {
  const built = (backbone: Backbone, metadata: Metadata = {}) => () => {
    const graph = new GraphBuilder(), users = graph.constant(Int32Array.of(0));
    return backbone.build(graph, catalogue(log, metadata), { rows: 1, users });
  };
  assert.throws(built(vbpr()), /backbone "vbpr": the data have no .*--attributes or --item-vectors/);
  assert.throws(built(twoTower()), /backbone "two-tower": .*--user-attributes/);
  assert.throws(
    built(twoTower({ itemIds: false }), { userAttributes: { ...pairs, names: ["a", "b", "c"] } }),
    /of items/,
  );
  assert.throws(built(multiBehaviourMf(), { behaviours: [] }), /no weaker behaviours; --behaviours/);
  assert.throws(built(crossDomainMf()), /no interactions of another domain; --source-domain/);
  built(mf())();
});
