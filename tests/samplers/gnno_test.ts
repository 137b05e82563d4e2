import assert from "node:assert/strict";
import { SeenItems } from "../../datasets/negatives.ts";
import { itemTransitions } from "../../datasets/item_transitions.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { gnno } from "../../samplers/gnno.ts";
import { hardItems } from "../../samplers/gnno/hard_items.ts";
import { Overlap } from "../../samplers/gnno/overlap.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, drawIn, opened, proposals, selector } from "./drawn.ts";

/**
 * With gaps of 1: 0 and 1 lie between 2 and 3, 2 and 4; 5 is joined to 3 alone. Neighbours of 0: 2, 3; of 1: 2, 3, 4; of
 * 6: 3; of 7: 8. Users are one for each of their sequences.
 */
const MET = [[2, 0, 3], [2, 1, 3], [4, 1], [5, 3, 6], [7, 8]], ITEMS = 10, of = catalogueWhere(MET, ITEMS);
const NEIGHBOURS = [[2, 3], [2, 3, 4], [0, 1], [0, 1, 5, 6], [1], [3], [3], [8], [7], []];
const jaccard = (i: number, j: number) => {
  const a = NEIGHBOURS[i]!, b = NEIGHBOURS[j]!, both = a.filter((n) => b.includes(n)).length;
  return both === 0 ? 0 : both / (a.length + b.length - both);
};
const graph = itemTransitions(of.sequences(), ITEMS, 1), all = Array.from({ length: ITEMS }, (_, item) => item);

Deno.test("the overlap of neighbourhoods is their Jaccard index: symmetric, 1 of an item with itself, as counted by hand", () => {
  const overlap = new Overlap(graph, false);
  assert.deepEqual([jaccard(0, 1), jaccard(0, 6), jaccard(5, 6), jaccard(2, 3)], [2 / 3, 1 / 2, 1, 2 / 4]);
  for (const i of all) {
    overlap.focus(i);
    for (const j of all) assert.equal(overlap.with(j).overlap, jaccard(i, j), `${i} ${j}`);
    const { items, overlaps } = overlap.all();
    assert.deepEqual([...items].sort((a, b) => a - b), all.filter((j) => jaccard(i, j) > 0));
    items.forEach((j, slot) => assert.equal(overlaps[slot], jaccard(i, j)));
  }
  assert.equal(overlap.walk(() => 0), -1, "item 9 leads nowhere");
});

Deno.test("weighted, it is the sum of the lesser over that of the greater weights, of random graphs", () => {
  const rng = new Rng(8, "graph"), ids = Int32Array.from({ length: 60 }, () => rng.below(12));
  const random = itemTransitions({ offsets: Int32Array.of(0, 25, 60), items: ids }, 12, 3),
    { offsets, targets } = random;
  const row = (i: number) => {
    const dense = new Array<number>(12).fill(0);
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) dense[targets[at]!] = random.weights[at]!;
    return dense;
  };
  const overlap = new Overlap(random, true), sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
  for (let i = 0; i < 12; i++) {
    overlap.focus(i);
    const { items, overlaps } = overlap.all();
    for (let j = 0; j < 12; j++) {
      const a = row(i),
        b = row(j),
        wanted = sum(a.map((w, n) => Math.min(w, b[n]!))) /
          sum(a.map((w, n) => Math.max(w, b[n]!)));
      const found = overlap.with(j).overlap;
      assert(Math.abs(found - wanted) < 1e-6);
      assert(Math.abs((overlaps[items.indexOf(j)] ?? 0) - found) < 1e-9);
      if (i === j) assert.equal(found, 1);
    }
  }
});

Deno.test("each path of two edges is walked as often as the others", () => {
  const overlap = new Overlap(graph, false), ends: number[] = [];
  overlap.focus(1); // by 2 to 0, 1; by 3 to 0, 1, 5, 6; by 4 to 1
  for (let path = 0; path < 7; path++) {
    ends.push(overlap.walk((count) => {
      assert.equal(count, 7);
      return path;
    }));
  }
  assert.deepEqual(ends, [0, 1, 0, 1, 5, 6, 1]);
});

/** Hard negatives of `rows` rows of a user with a positive, in an epoch. */
async function hard(options: Parameters<typeof gnno>[0], user: number, positive: number, epoch = 1000, rows = 3000) {
  const sampler = opened(gnno({ gaps: 1, hard: 2, ...options }), of, rows);
  const batch = {
    rows,
    first: 0,
    users: new Int32Array(rows).fill(user),
    positives: new Int32Array(rows).fill(positive),
  };
  const { ids, kept } = await sampler.propose(batch, drawIn(of, { epoch })) as { ids: Int32Array; kept: Uint8Array };
  return [...ids].filter((_, at) => at % 3 > 0 && kept[at]);
}
/** softmax(J / temperature) over what a user may be given. */
function law(positive: number, temperature: number, open: (item: number, j: number) => boolean): number[] {
  const mass = all.map((item) => {
    const j = jaccard(positive, item);
    return open(item, j) && item !== positive ? Math.exp(j / temperature) : 0;
  });
  const total = mass.reduce((a, b) => a + b);
  return mass.map((m) => m / total);
}

Deno.test("hard negatives follow the softmax over what overlaps and lies within the cap, never what the user met", async () => {
  // user 4 has met 7 and 8; from 1 overlap 0: 2/3, 5 and 6: 1/3
  for (const temperature of [1, 0.2]) {
    assertLaw(await hard({ temperature }, 4, 1), law(1, temperature, (_, j) => j > 0 && j <= 0.7));
    assertLaw(
      await hard({ temperature, support: "all" }, 4, 1),
      law(1, temperature, (i, j) => i < 7 && j <= 0.7 || i > 8),
    );
  }
  // where nearly all is refused it looks at everything
  assertLaw(await hard({ temperature: 0.06, cap: 1 }, 4, 0), law(0, 0.06, (i, j) => j > 0 && i !== 7));
  assertLaw(
    await hard({ temperature: 0.1, cap: 1, support: "all" }, 3, 4),
    law(4, 0.1, (i) => ![3, 5, 6].includes(i)),
  );
  assertLaw(await hard({ cap: 0.4 }, 4, 1), law(1, 1, (_, j) => j > 0 && j <= 0.4));
  assert.deepEqual(new Set(await hard({ cap: 1 }, 3, 1)), new Set([0])); // met 5, 3 and 6
  assert.deepEqual(new Set(await hard({ cap: 1, temperature: 1e-4 }, 0, 1)), new Set([5, 6])); // met 0, 2/3 from 1
  assertLaw(await hard({ cap: 0.2, support: "all" }, 4, 1), law(1, 1, (i, j) => j <= 0.2 && i !== 7 && i !== 8));
});

/** A log in which most items overlap. */
function denseLog() {
  const rng = new Rng(3, "log"), items = 16;
  const log = catalogueWhere(
    Array.from({ length: 8 }, () => Array.from({ length: 7 }, () => rng.below(items))),
    items,
  );
  return { items, graph: itemTransitions(log.sequences(), items, 3), seen: new SeenItems(log) };
}

Deno.test("the law is the same whether the overlaps with a positive are kept, or followed for each draw", () => {
  const { items, graph, seen } = denseLog();
  for (const [weighted, temperature] of [[false, 1], [true, 0.2], [false, 0.1]] as const) {
    for (const room of [undefined, 0]) {
      const overlap = new Overlap(graph, weighted, room), streams = new Rng(5, "draws");
      const drawHard = hardItems(overlap, items, { support: "overlap", temperature });
      for (const cap of [0.6, 0.4]) { // a second cap for the same positive
        const user = 2, positive = 4, into = new Int32Array(6000);
        assert(drawHard({ user, positive, cap }, seen, streams, into));
        assert.equal(overlap.kept() === undefined, room === 0);
        const mass = Array.from({ length: items }, (_, item) => {
          const { overlap: j } = overlap.with(item);
          return j > 0 && j <= cap && item !== positive && !seen.has(user, item) ? Math.exp(j / temperature) : 0;
        });
        const total = mass.reduce((a, b) => a + b);
        assert(mass.filter((m) => m > 0).length > 3);
        assertLaw([...into], mass.map((m) => m / total));
      }
    }
  }
});

Deno.test("overlaps are kept of the items with the most neighbours, as far as there is room, in whatever order they are asked for", () => {
  const { items, graph } = denseLog(), degree = (item: number) => graph.offsets[item + 1]! - graph.offsets[item]!;
  const keptOf = (order: readonly number[], room: number) => {
    const overlap = new Overlap(graph, false, room);
    return order.filter((item) => {
      overlap.focus(item);
      const kept = overlap.kept();
      assert.equal(kept, overlap.kept(), "found once");
      if (kept) assert.deepEqual({ ...kept }, { ...overlap.all() });
      return kept;
    });
  };
  const order = Array.from({ length: items }, (_, item) => item), some = keptOf(order, 10 * items);
  assert(some.length >= 10 && some.length < items, `${some.length}`);
  const others = order.filter((item) => !some.includes(item));
  assert(Math.min(...some.map(degree)) >= Math.max(...others.map(degree)));
  assert.deepEqual(keptOf(order.toReversed(), 10 * items).toReversed(), some);
  assert.deepEqual(keptOf(order, items * items), order);
});

Deno.test("as released no item is more than e times as likely as another", async () => {
  const found = await hard({ support: "all", cap: 1 }, 4, 5, 1000, 20000), counts = new Map<number, number>();
  for (const item of found) counts.set(item, 1 + (counts.get(item) ?? 0));
  const ratio = counts.get(6)! / counts.get(9)!; // J of 1 and of 0
  assert(Math.abs(ratio - Math.E) < 0.1, `${ratio}`);
});

Deno.test("hardness grows: none before the start, then a cap that rises by a step an epoch, to its end", async () => {
  const seen = async (epoch: number, options = {}) =>
    [...new Set(await hard({ start: 5, step: 0.1, cap: 0.7, ...options }, 4, 1, epoch, 300))].sort((a, b) => a - b);
  for (const step of [0.1, 0]) assert.deepEqual(await seen(4, { support: "all", step }), []);
  assert.deepEqual(await seen(5), []);
  assert.deepEqual(await seen(5, { support: "all" }), [2, 3, 4, 9]); // what overlaps with nothing of item 1
  assert.deepEqual(await seen(8), []);
  assert.deepEqual(await seen(9), [5, 6]); // 1/3 is within .4
  assert.deepEqual(await seen(11), [5, 6]);
  assert.deepEqual(await seen(12), [0, 5, 6]); // 2/3 is within .7
  assert.deepEqual(await seen(90), [0, 5, 6]);
});

Deno.test("a positive with no neighbours has its uniform negatives alone; what is missing is masked", async () => {
  assert.deepEqual(await hard({}, 0, 9), []);
  const runtime = await openRuntime({ provider: "wasm" }), policy = gnno({ gaps: 1, hard: 2 });
  const select = await selector(runtime, policy, of, 2, { users: Int32Array.of(4, 4) });
  const batch = { rows: 2, first: 0, users: Int32Array.of(4, 4), positives: Int32Array.of(1, 9) };
  const proposed = await opened(policy, of, 2).propose(batch, drawIn(of, { epoch: 1000 }));
  const { ids, mask } = await select(proposed, new Float32Array(ITEMS));
  assert.deepEqual([...ids], [...proposed.ids as Int32Array]);
  assert.deepEqual([...mask], [1, 1, 1, 1, 0, 0]);
  await runtime.dispose();
});

Deno.test("draws do not depend on the batch size", async () => {
  const users = Int32Array.from({ length: 40 }, (_, at) => at % 5), draw = drawIn(of, { epoch: 60 });
  const wanted = await proposals(gnno({ gaps: 1 }), draw, users, 40, "ids");
  for (const size of [1, 7]) assert.deepEqual(await proposals(gnno({ gaps: 1 }), draw, users, size, "ids"), wanted);
});
