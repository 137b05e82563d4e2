import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { type GraphBuilder, RowGradient, type Value } from "../../graphs/builder.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { bpr } from "../../losses/bpr.ts";
import { mf } from "../../models/mf.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Feeds } from "../../runtime/runtime.ts";
import { rns } from "../../samplers/rns.ts";
import { type TrainingStep, trainingStep } from "../../training/step.ts";
import type { Negatives, Sampler } from "../../samplers/sampler.ts";
import { opened } from "../samplers/drawn.ts";
import { smallLog } from "./small_run.ts";

const of = catalogue(smallLog().train);
const USERS = [3, 0, 3, 11, 5], POSITIVES = [7, 1, 2, 19, 7], NEGATIVES = [[0, 4], [19, 7], [3, 3], [1, 0], [2, 8]];

const normals = ({ variables }: GraphBuilder) => {
  const rng = new Rng(2, "step test");
  return new Map(
    [...variables.values()].map(({ name, shape }) =>
      [name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => rng.normal()) }] as const
    ),
  );
};
/** Loss and gradients, as whole tables, with variables drawn from a normal law. */
async function computed({ graph, loss, gradients }: TrainingStep, feeds: Feeds) {
  const runtime = await openRuntime({ provider: "wasm" });
  const slopes = Object.fromEntries(
    [...gradients].map((
      [variable, gradient],
    ) => [`d ${variable.name}`, gradient instanceof RowGradient ? denseRows(gradient, variable.shape) : gradient]),
  );
  const program = await runtime.compile(graph, { outputs: { loss, ...slopes } as Record<string, Value> });
  await runtime.load(normals(graph));
  return await program.run({ epoch: Float32Array.of(0), ...feeds });
}
const recipe = { loss: bpr(), sampler: opened(rns({ negatives: 2 }), of), catalogue: of, l2: 0.1 };
/** A batch of the five interactions above, and what pads it. */
const fed = (rows: number): Feeds => ({
  users: Int32Array.from({ length: rows }, (_, row) => USERS[row] ?? 3),
  positives: Int32Array.from({ length: rows }, (_, row) => POSITIVES[row] ?? 7),
  rows: Float32Array.from({ length: rows }, (_, row) => row < 5 ? 1 : 0),
  "sampler/ids": Int32Array.from(Array.from({ length: rows }, (_, row) => NEGATIVES[row] ?? [13, 14]).flat()),
});

for (const bias of [false, true]) {
  Deno.test(`a padded batch loses and learns what the smaller batch does, with${bias ? "" : "out"} a bias`, async () => {
    const backbone = mf({ dim: 4, bias });
    const plain = await computed(trainingStep({ ...recipe, backbone, batchSize: 5, padded: false }), fed(5));
    const padded = await computed(trainingStep({ ...recipe, backbone, batchSize: 8, padded: true }), fed(8));
    assert.deepEqual(Object.keys(padded), Object.keys(plain));
    for (const [name, wanted] of Object.entries(plain)) {
      const found = padded[name]!;
      Array.from(wanted, Number).forEach((x, at) => assert(Math.abs(x - Number(found[at])) < 1e-6, `${name} ${at}`));
    }
  });
}

for (const bias of [false, true]) {
  const also = bias ? ", an item's bias included" : "";
  Deno.test(`the loss is the ranking loss and half the squared vectors of a row${also}, averaged over rows`, async () => {
    const backbone = mf({ dim: 4, bias }), step = trainingStep({ ...recipe, backbone, batchSize: 5, padded: false });
    const tables = normals(step.graph),
      row = (table: string, id: number) => [
        ...tables.get(table)!.data.subarray(4 * id, 4 * id + 4),
      ];
    const ofItem = (id: number) => bias ? [...row("item", id), tables.get("bias")!.data[id]!] : row("item", id);
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, at) => total + x * b[at]!, 0);
    const wanted = USERS.reduce((total, user, at) => {
      const u = row("user", user), query = bias ? [...u, 1] : u;
      const p = ofItem(POSITIVES[at]!), ns = NEGATIVES[at]!.map(ofItem);
      const ranking = Math.log(1 + ns.reduce((sum, n) => sum + Math.exp(dot(query, n) - dot(query, p)), 0));
      return total + ranking + 0.1 * 0.5 * [u, p, ...ns].reduce((sum, x) => sum + dot(x, x), 0);
    }, 0) / 5;
    const { loss } = await computed(step, fed(5));
    assert(Math.abs(Number(loss![0]) - wanted) < 1e-5 * wanted, `${loss}, not ${wanted}`);
  });
}

Deno.test("a sampler's own loss is added, and what it does not propose is not fed", () => {
  const plain = opened(rns(), of), auxiliary = (graph: GraphBuilder) => graph.constant(Float32Array.of(2), []);
  const sampler: typeof plain = {
    ...plain,
    select: (step, proposed) => ({ ...plain.select(step, proposed), auxiliary: auxiliary(step.graph) }) as Negatives,
  };
  const backbone = mf({ dim: 4 }),
    { graph, loss, auxiliary: own } = trainingStep({ ...recipe, sampler, backbone, batchSize: 5, padded: false });
  assert.deepEqual([own?.shape, [...own?.data ?? []]], [[], [2]]);
  assert.deepEqual(loss.shape, []);
  assert.deepEqual([...graph.inputs.keys()], ["users", "positives", "epoch", "sampler/ids"]);
});

Deno.test("weight decay also shrinks the items that a sampler with an objective of its own names", async () => {
  const backbone = mf({ dim: 4 }), { proposes, propose } = opened(rns({ negatives: 2 }), of);
  const sampler = (names: boolean): Sampler => ({
    proposes,
    propose,
    select: ({ score, positive, items, loss }, { ids }) => {
      const drawn = items(ids!);
      return { objective: loss(score(positive), score(drawn)), ...names && { decayed: [drawn] } };
    },
  });
  const lossOf = async (names: boolean) => {
    const step = trainingStep({ ...recipe, sampler: sampler(names), backbone, batchSize: 5, padded: false });
    return { tables: normals(step.graph), loss: Number((await computed(step, fed(5))).loss![0]) };
  };
  const { tables, loss } = await lossOf(true), { data } = tables.get("item")!;
  const squares = NEGATIVES.flat().flatMap((id) => [...data.subarray(4 * id, 4 * id + 4)]).reduce(
    (s, x) => s + x * x,
    0,
  );
  const added = loss - (await lossOf(false)).loss;
  assert(Math.abs(added - 0.1 * 0.5 * squares / 5) < 1e-5, `${added}`);
});

/** What weight decay adds to the loss of a batch of 5 rows in 8, and the squared lengths of vectors. */
async function decayed(sampler: Sampler, own: Feeds) {
  const lossAt = async (l2: number) => {
    const step = trainingStep({ ...recipe, l2, sampler, backbone: mf({ dim: 4 }), batchSize: 8, padded: true });
    const { users, positives, rows } = fed(8) as Record<string, Int32Array>;
    return Number((await computed(step, { users: users!, positives: positives!, rows: rows!, ...own })).loss![0]);
  };
  const { graph } = trainingStep({ ...recipe, sampler, backbone: mf({ dim: 4 }), batchSize: 8, padded: true });
  const tables = normals(graph);
  const square = (table: string, id: number) =>
    tables.get(table)!.data.subarray(4 * id, 4 * id + 4).reduce((sum, x) => sum + x * x, 0);
  const ofRows = USERS.reduce((sum, user, row) => sum + square("user", user) + square("item", POSITIVES[row]!), 0);
  return {
    added: (await lossAt(0.1) - await lossAt(0)) / (0.1 * 0.5),
    ofRows,
    item: (id: number) => square("item", id),
  };
}

Deno.test("a masked negative does not decay", async () => {
  const { proposes, propose } = opened(rns({ negatives: 2 }), of);
  const sampler: Sampler = {
    proposes: { ...proposes, mask: { dtype: "float32", shape: [8, 2] } },
    propose,
    select: ({ items }, { ids, mask }) => ({ ids: ids!, items: items(ids!), mask: mask! }),
  };
  const mask = Float32Array.of(1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1); // that of padding counts for nothing
  const { added, ofRows, item } = await decayed(sampler, {
    "sampler/ids": fed(8)["sampler/ids"]!,
    "sampler/mask": mask,
  });
  const kept = NEGATIVES.flat().reduce((sum, id, at) => sum + mask[at]! * item(id), 0);
  assert(Math.abs(added - (ofRows + kept) / 5) < 2e-4, `${added}`);
});

Deno.test("of a shared pool decays what some row keeps, in a batch that is cut short no more than in a full one", async () => {
  const sampler: Sampler = {
    proposes: { ids: { dtype: "int32", shape: [1, 4] }, mask: { dtype: "float32", shape: [8, 4] } },
    propose: () => ({}),
    select: ({ items }, { ids, mask }) => ({ ids: ids!, items: items(ids!), mask: mask! }),
  };
  const mask = new Float32Array(8 * 4);
  for (const row of [0, 1]) mask[4 * row] = 1;
  for (let row = 0; row < 8; row++) mask[4 * row + 2] = 1;
  mask[4 * 7 + 1] = 1; // a row of padding alone keeps the second; none keeps the last
  const ids = Int32Array.of(13, 14, 15, 16);
  const { added, ofRows, item } = await decayed(sampler, { "sampler/ids": ids, "sampler/mask": mask });
  assert(Math.abs(added - (ofRows / 5 + (item(13) + item(15)) / 8)) < 2e-4, `${added}`);
});
