import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import type { Metadata } from "../../datasets/metadata.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import * as initializers from "../../graphs/initializers.ts";
import * as ops from "../../graphs/ops/mod.ts";
import { asking } from "../../models/asking.ts";
import type { Backbone } from "../../models/backbone.ts";
import { mf } from "../../models/mf.ts";
import { backbones } from "../../models/mod.ts";
import { neumf } from "../../models/neumf.ts";
import { dot } from "../../models/scoring.ts";
import { sasrec } from "../../models/sasrec.ts";
import { twoTower } from "../../models/two_tower.ts";
import type { AnyMethod } from "../../options/method.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { SavedTensor } from "../../runtime/runtime.ts";
import { carriedOver, type OnData } from "../../training/carried_over.ts";
import { checkerboard, checkerboardMetadata } from "../models/checkerboard.ts";
import { smallBackbone } from "../models/small_backbone.ts";

/** A log in which everybody has met the first item, and the variables of a backbone on it, as they start by `seed`. */
function onData(
  backbone: Backbone,
  users: readonly string[],
  items: readonly string[],
  metadata: Metadata = {},
): OnData {
  const of = catalogue(
    interactions({
      users: users.map((_, user) => user),
      items: users.map(() => 0),
      userCount: users.length,
      itemCount: items.length,
    }),
    metadata,
  );
  return { backbone, users, items, catalogue: of };
}
async function started({ backbone, catalogue: of }: OnData, seed: number): Promise<ReadonlyMap<string, SavedTensor>> {
  const graph = new GraphBuilder(), runtime = await openRuntime({ provider: "wasm", seed });
  const encoder = backbone.build(graph, of, asking(backbone, of, 1).declare(graph));
  const score = encoder.score(encoder.query, encoder.items(graph.constant(Int32Array.of(0), [1, 1])));
  const program = await runtime.compile(graph, { outputs: { score } }), found = await runtime.save();
  await program.dispose();
  await runtime.dispose();
  return found;
}
const rowOf = ({ shape, data }: SavedTensor, row: number) => {
  const width = data.length / shape[0]!;
  return [...data.subarray(row * width, (row + 1) * width)];
};

Deno.test("rows go where their names are, and what has no past starts as it would have", async () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(names, names, names, names, async (users, items, before, itemsBefore) => {
      const backbone = mf({ dim: 3, bias: true }), from = onData(backbone, before, itemsBefore);
      const to = onData(backbone, users, items), weights = await started(from, 1), fresh = await started(to, 2);
      const shared = (now: readonly string[], was: readonly string[]) =>
        now.filter((name) => was.includes(name)).length;
      if (shared(users, before) + shared(items, itemsBefore) === 0) {
        return assert.throws(() => carriedOver({ ...from, weights }, to, 2), /know none of these users and items/);
      }
      const found = carriedOver({ ...from, weights }, to, 2);
      assert.deepEqual(found.fresh, []);
      for (
        const [name, now, was] of [["user", users, before], ["item", items, itemsBefore], [
          "bias",
          items,
          itemsBefore,
        ]] as const
      ) {
        const table = found.weights.get(name)!;
        assert.deepEqual(table.shape, fresh.get(name)!.shape);
        now.forEach((each, row) => {
          const at = was.indexOf(each);
          const wanted = at < 0 ? rowOf(fresh.get(name)!, row) : rowOf(weights.get(name)!, at);
          assert.deepEqual(rowOf(table, row), wanted, `${name} ${each}`);
        });
        assert.deepEqual(found.known.find((entry) => entry.name === name), {
          ...{ name, rows: shared(now, was), of: now.length },
        });
      }
    }),
    { numRuns: 20, seed: 5 },
  );
});

Deno.test("what has no rows of anybody is taken whole, also where it is as long as there are users", async () => {
  const backbone = neumf({ dim: 2, mlpDim: 2, hidden: "4" });
  const from = onData(backbone, ["a", "b", "c", "d"], ["x", "y"]), weights = await started(from, 1);
  const to = onData(backbone, ["d", "c", "b", "a"], ["y", "x"]),
    { weights: found, fresh } = carriedOver({ ...from, weights }, to, 2);
  assert.deepEqual(fresh, []);
  assert.deepEqual([...found.keys()].sort(), [...weights.keys()].sort());
  for (const [name, tensor] of weights) {
    if (["user", "item"].includes(name)) {
      assert.deepEqual(rowOf(found.get(name)!, 0), rowOf(tensor, tensor.shape[0]! - 1));
    } else assert.deepEqual(found.get(name), { shape: tensor.shape, data: tensor.data }, name);
  }
});

Deno.test("attributes go by their names, and those without any keep their vector", async () => {
  const attributes = (names: readonly string[], ...of: readonly (readonly number[])[]) => ({
    attributes: {
      names,
      offsets: Int32Array.from([0, ...of.keys()].map((_, at) => of.slice(0, at).flat().length)),
      targets: Int32Array.from(of.flat()),
    },
  });
  const backbone = twoTower({ dim: 2 });
  const from = onData(backbone, ["a"], ["x", "y"], attributes(["red", "blue"], [0], [1]));
  const to = onData(backbone, ["a"], ["y"], attributes(["green", "blue"], [0, 1]));
  const weights = await started(from, 1),
    fresh = await started(to, 2),
    found = carriedOver({ ...from, weights }, to, 2);
  const name = [...weights.keys()].find((name) => name.endsWith("attributes"))!, table = found.weights.get(name)!;
  assert.deepEqual(rowOf(table, 0), rowOf(fresh.get(name)!, 0));
  assert.deepEqual(rowOf(table, 1), rowOf(weights.get(name)!, 1));
  assert.deepEqual(rowOf(table, 2), rowOf(weights.get(name)!, 2)); // of items without any
});

Deno.test("other widths and lengths are refused, and so is a model that has nothing in common", async () => {
  const of = (backbone: Backbone) => onData(backbone, ["a", "b"], ["x", "y"]);
  const from = of(mf({ dim: 3 })), weights = await started(from, 1), before = { ...from, weights };
  const wide = of(mf({ dim: 4 }));
  assert.throws(
    () => carriedOver(before, wide, 0),
    /their "user" is \[2,3\], the backbone's is \[2,4\]; rows must be as wide/,
  );
  assert.throws(() => carriedOver({ ...before, users: ["a"] }, from, 0), /there are 1 names of 2 users/);
  const cut = new Map([...weights, ["item", { shape: [1, 3], data: new Float32Array(3) }]]);
  assert.throws(
    () => carriedOver({ ...before, weights: cut }, from, 0),
    /their "item" has 3 numbers, where \[2,3\] are/,
  );
  const long = of(sasrec({ dim: 4, length: 8 })), short = of(sasrec({ dim: 4, length: 5 }));
  assert.throws(
    () => carriedOver({ ...long, weights: new Map() }, short, 0),
    /the backbone has none of these variables/, // nothing was saved of it
  );
  const saved = await started(long, 1);
  assert.throws(
    () => carriedOver({ ...long, weights: saved }, short, 0),
    /their "position" is \[8,4\], the backbone's is \[5,4\]/,
  );
});

Deno.test("a variable that the other model does not have starts as it would have", async () => {
  const from = onData(mf({ dim: 3 }), ["a"], ["x"]), to = onData(mf({ dim: 3, bias: true }), ["a"], ["x"]);
  const { fresh, weights } = carriedOver({ ...from, weights: await started(from, 1) }, to, 0);
  assert.deepEqual(fresh, ["bias"]);
  assert(!weights.has("bias"));
});

Deno.test("every backbone says whose rows a variable has that is longer on more data: it could go by no names else", () => {
  for (const [name, make] of Object.entries<AnyMethod<Backbone>>(backbones)) {
    const backbone = smallBackbone(make);
    const [few, many] = [16, 20].map((size) => {
      const graph = new GraphBuilder(), of = catalogue(checkerboard(size), checkerboardMetadata(size));
      const encoder = backbone.build(graph, of, asking(backbone, of, 1).declare(graph));
      encoder.score(encoder.query, encoder.items(graph.constant(Int32Array.of(0), [1, 1])));
      return [...graph.variables.values()];
    });
    const longer = many!.filter(({ shape }, at) => shape[0] !== few![at]!.shape[0]);
    assert(longer.length > 0, `no variable of ${name} goes by users or items`);
    for (const { name: of, shape, rowsOf } of longer) {
      assert.notEqual(
        rowsOf,
        null,
        `"${of}" of ${name}, [${shape}], does not say whose its rows are: give it "rowsOf"`,
      );
    }
  }
});

Deno.test("rows that nobody can name start anew and are not left behind, and what a variable starts from stays as it is", () => {
  const start = Float32Array.of(5, 6);
  const backbone: Backbone = {
    build(graph, { users, items }, batch) {
      const table = graph.variable("table", [users + items, 2], initializers.zeros, { rowsOf: "users, then items" });
      const item = graph.variable("item", [items, 1], () => start, { rowsOf: "items" });
      const rows = (ids: Parameters<typeof ops.gather>[1]) =>
        ops.concat([ops.gather(table, ids), ops.gather(item, ids)], -1);
      return {
        query: ops.unsqueeze(rows(ops.mul(batch.users, 0)), 1),
        items: (ids) => ops.unsqueeze(rows(ids), -2),
        score: dot,
      };
    },
  };
  const from = onData(backbone, ["a"], ["x", "y"]), to = onData(backbone, ["a"], ["z", "x"]);
  const weights = new Map([
    ["table", { shape: [3, 2], data: new Float32Array(6).fill(1) }],
    ["item", { shape: [2, 1], data: Float32Array.of(1, 2) }],
  ]);
  const found = carriedOver({ ...from, weights }, to, 0);
  assert.deepEqual([found.fresh, found.left], [["table"], []]);
  assert.deepEqual(found.weights.get("item")!.data, Float32Array.of(5, 1));
  assert.deepEqual(start, Float32Array.of(5, 6));
});
