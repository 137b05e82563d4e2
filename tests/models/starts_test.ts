import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import type { Metadata } from "../../datasets/metadata.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { concat } from "../../graphs/ops/shape.ts";
import { gather } from "../../graphs/ops/index.ts";
import type { Backbone } from "../../models/backbone.ts";
import { historyInputs } from "../../models/history_inputs.ts";
import { backbones } from "../../models/mod.ts";
import { Rng } from "../../random/rng.ts";

const USERS = 50, ITEMS = 40, ROWS = 4, CAPS = { histories: 2, tokens: 6, length: 3 };
const log = interactions({ users: [0, 0, 1], items: [0, 1, 2], userCount: USERS, itemCount: ITEMS });
const own = (rows: number) => ({ offsets: Int32Array.from({ length: rows + 1 }, (_, at) => at) });
const metadata: Metadata = {
  attributes: { ...own(ITEMS), targets: new Int32Array(ITEMS), names: ["a"] },
  behaviours: ["cart", "view"].map((name) => ({ name, ...own(USERS), targets: new Int32Array(USERS) })),
  source: { ...own(USERS), targets: new Int32Array(USERS), items: 3 },
};

function built(backbone: Backbone, { training = false } = {}) {
  const graph = new GraphBuilder(), users = graph.input("users", "int32", [ROWS]);
  const history = backbone.history && historyInputs(graph, CAPS, ROWS);
  const encoder = backbone.build(graph, catalogue(log, metadata), {
    ...{ rows: ROWS, users, training },
    ...history && { history },
  });
  /** Elements that a variable starts with. */
  const start = (name: string) => {
    const { shape, init } = graph.variables.get(name)!;
    return Array.from(init(shape, new Rng(1, name)));
  };
  return { graph, users, history, encoder, start };
}
const deviation = (xs: readonly number[]) => Math.sqrt(xs.reduce((sum, x) => sum + x * x / xs.length, 0));
const near = (found: number, wanted: number) => assert(Math.abs(found / wanted - 1) < 0.1, `${found}, not ${wanted}`);
const all = (xs: readonly number[], wanted: number) => assert(xs.length > 0 && xs.every((x) => x === wanted), `${xs}`);

Deno.test("variables start as the docs say where they do not start Xavier-uniform", () => {
  const { start: vbpr } = built(backbones.vbpr({ contentDim: 400 }));
  near(deviation(vbpr("attributes")), 0.01);
  for (const name of ["bias", "bias/attributes"]) all(vbpr(name), 0);
  const { graph, encoder, start } = built(backbones["multi-behaviour-mf"]({ dim: 3, transfer: true }));
  encoder.tasks![0]!.encode(graph.input("others", "int32", [ROWS]));
  assert.deepEqual(start("h/transfer"), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  all(start("h/view"), 1);
  all(start("h"), 0); // h of view, transferred twice: 1
  all(built(backbones["multi-behaviour-mf"]()).start("h"), 1);
  all(built(backbones["cross-domain-mf"]()).start("user"), 0);
  const towers = built(backbones["two-tower"]()).start;
  all(towers("item/id"), 0); // beside attributes
  assert(deviation(towers("user/id")) > 0);
  const unit = built(backbones.gru4rec({ hidden: 100 })).start;
  for (const part of ["W", "U", "b", "c"]) {
    near(Math.max(...unit(`gru_0/${part}`).map(Math.abs)), 1 / Math.sqrt(100));
  }
  const denoising = built(backbones.preferdiff({ dim: 512 })).start;
  for (const name of ["item", "null"]) near(deviation(denoising(name)), 1);
  all(denoising("position"), 0);
  near(deviation(built(backbones.lightgcn({ init: "normal" })).start("item")), 0.1);
  near(deviation(built(backbones.hmf()).start("item")), 0.01);
  all(built(backbones.gmf()).start("h"), 1);
  all(built(backbones.neumf()).start("h_gmf"), 1);
});

Deno.test("weight decay is of the rows of tables that stand for who asks, not of what a model makes of them", () => {
  const ofUsers = (tables: readonly string[]) => ({ graph, users }: ReturnType<typeof built>) =>
    tables.map((name) => gather(graph.variables.get(name)!, users));
  const newest = ({ graph, history }: ReturnType<typeof built>) => [
    gather(gather(graph.variables.get("item")!, history!.items), history!.asked),
  ];
  const cases: readonly (readonly [Backbone, (of: ReturnType<typeof built>) => readonly Value[]])[] = [
    ...[backbones.mf({ bias: true }), backbones.gmf(), backbones["multi-behaviour-mf"]()].map((of) =>
      [of, ofUsers(["user"])] as const
    ),
    [backbones.vbpr(), ofUsers(["user", "user/content"])],
    [backbones["cross-domain-mf"]({ combine: "gate" }), ofUsers(["user/shared", "user"])],
    ...[backbones.sasrec(), backbones.gru4rec(), backbones.avgpool(), backbones.preferdiff()].map((of) =>
      [of, newest] as const
    ),
  ];
  for (const [backbone, rows] of cases) {
    const made = built(backbone), wanted = rows(made);
    // a graph has one value for the same calls
    assert(made.encoder.decayed === (wanted.length === 1 ? wanted[0] : concat(wanted, -1)), made.encoder.query.name);
  }
});

Deno.test("dropout of histories is where the docs say, and nowhere while not training", () => {
  const drops = (backbone: Backbone) => [...built(backbone, { training: true }).graph.noises.keys()].sort();
  const block = (...parts: readonly string[]) => parts.map((part) => `block_0/dropout/${part}`);
  const one = { blocks: 1, dropout: 0.2 }, tokens = "dropout/tokens";
  for (const norm of ["pre", "post"] as const) {
    const parts = block("attended", "attention", "forward", "hidden");
    assert.deepEqual(drops(backbones.sasrec({ ...one, norm })), [...parts, tokens]);
    assert.deepEqual(drops(backbones.preferdiff({ ...one, norm })), [...parts, tokens, "unconditional"]);
  }
  assert.deepEqual(drops(backbones.sasrec({ ...one, norm: "original" })), [
    ...block("attention", "forward", "hidden"),
    tokens,
  ]);
  assert.deepEqual(drops(backbones.gru4rec({ layers: 2 })), ["gru_0/dropout/tokens", "gru_1/dropout/tokens"]);
  assert.deepEqual(drops(backbones.avgpool()), [tokens]);
  for (const make of [backbones.sasrec, backbones.gru4rec, backbones.avgpool, backbones.preferdiff]) {
    assert.equal(built(make()).graph.noises.size, 0);
  }
});
