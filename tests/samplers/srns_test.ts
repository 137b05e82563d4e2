import assert from "node:assert/strict";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { dns } from "../../samplers/dns.ts";
import { srns } from "../../samplers/srns.ts";
import { gumbelTop, srnsMemory } from "../../samplers/srns_memory.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector, stubProbe } from "./drawn.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const one = (x: number) => Float32Array.of(x);

eachProvider("the choice is the argmax of pi + alpha std, ties taking the lowest slot", async (runtime) => {
  const of = catalogueWhere([[]], 4), select = await selector(runtime, srns({ memory: 4 }), of, 3);
  const scores = [0.2, -1, 1.5, 0.9], positives = [0.5, -2, 3];
  const memory = Int32Array.of(0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 1, 1);
  const spread = Float32Array.of(0.3, 0.1, 0, 0.02, 0, 0, 0.4, 0.1, 0.2, 0.2, 0.1, 0.2);
  for (const [hardness, doubt] of [[1, 0], [1, 0.5], [1, 3], [0, 1]] as const) {
    const { ids } = await select({ memory, spread, hardness: one(hardness), doubt: one(doubt) }, scores, positives);
    const wanted = positives.map((positive, row) => {
      const values = [0, 1, 2, 3].map((k) =>
        hardness * sigmoid(scores[memory[4 * row + k]!]! - positive) + doubt * spread[4 * row + k]!
      );
      return memory[4 * row + values.indexOf(Math.max(...values))];
    });
    assert.deepEqual([...ids], wanted);
  }
});

eachProvider("an item whose score is not finite is not chosen while another's is", async (runtime) => {
  const of = catalogueWhere([[]], 4), select = await selector(runtime, srns({ memory: 4 }), of, 1);
  const memory = Int32Array.of(0, 1, 2, 3), spread = Float32Array.of(0.1, 0.4, 0, 0);
  for (const score of [Infinity, -Infinity, NaN]) {
    for (const hardness of [0, 1]) {
      const { ids } = await select({ memory, spread, hardness: one(hardness), doubt: one(1) }, [0.2, score, -1, 0.1]);
      assert.equal(ids[0], 0, `${score}, hardness ${hardness}`);
    }
  }
});

Deno.test("without the spread it is dynamic negative sampling over the memory", async () => {
  const runtime = await openRuntime({ provider: "wasm" }),
    of = catalogueWhere([[]], 5),
    candidates = Int32Array.of(4, 2, 0, 1, 3, 3);
  const scores = [0.1, 0.5, -0.3, 2, 0.4], spread = new Float32Array(6).fill(9);
  const found = await (await selector(runtime, srns({ memory: 3 }), of, 2))({
    memory: candidates,
    spread,
    hardness: one(1),
    doubt: one(0),
  }, scores);
  const wanted = await (await selector(runtime, dns({ pool: 3 }), of, 2))({ candidates }, scores);
  assert.deepEqual([...found.ids], [...wanted.ids]);
});

Deno.test("alpha rises over the warm-up, and below 0 the spread alone decides", async () => {
  const of = catalogueWhere([[0]], 9), probe = stubProbe(() => 0);
  const weights = async (alpha: number, epoch: number) => {
    const sampler = opened(srns({ memory: 2, fresh: 0, alpha, warmup: 10 }), of, 1);
    await sampler.beginEpoch!(drawIn(of, { epoch: 0, probe }));
    const { hardness, doubt } = await sampler.propose(batchOf(0, 1), drawIn(of, { epoch, probe }));
    return [hardness[0], doubt[0]];
  };
  assert.deepEqual(await weights(5, 0), [1, 0]);
  assert.deepEqual(await weights(5, 4), [1, 2]);
  assert.deepEqual(await weights(5, 40), [1, 5]);
  assert.deepEqual(await weights(-1, 0), [0, 1]);
});

Deno.test("the spread is the standard deviation of how an item outranks the positive over the last five epochs", async () => {
  const of = catalogueWhere([[0]], 4), setting = { catalogue: of, seen: new SeenItems(of), rows: 1, epochs: 10 };
  const held = srnsMemory(setting, { size: 3, fresh: 0, temperature: 1, monitor: 3, renewal: "fifth" });
  /** Item 1 keeps its distance from the positive, item 0; the others drift. */
  const score = (epoch: number, item: number) => item <= 1 ? epoch + 0.5 * item : 0.3 * epoch * epoch - item;
  for (let epoch = 0; epoch < 8; epoch++) {
    await held.beginEpoch(drawIn(of, { epoch, probe: stubProbe((_, item) => score(epoch, item)) }));
    const { memory, spread } = held.read(batchOf(0, 1), epoch),
      epochs = [0, 1, 2, 3, 4].map((ago) => epoch - ago).filter((e) => e >= 0);
    assert.deepEqual([...memory].sort(), [1, 2, 3]);
    memory.forEach((item, k) => {
      const pi = epochs.map((e) => sigmoid(score(e, item) - score(e, 0))),
        mean = pi.reduce((a, b) => a + b) / pi.length;
      const wanted = Math.sqrt(pi.reduce((sum, p) => sum + (p - mean) ** 2, 0) / pi.length);
      assert(Math.abs(spread[k]! - wanted) < 1e-6, `epoch ${epoch}, item ${item}: ${spread[k]}, not ${wanted}`);
      if (item === 1) assert(spread[k]! < 1e-7);
    });
  }
});

Deno.test("a memory of one is resampled with the probabilities of a softmax", () => {
  const rng = new Rng(6, "gumbel"), scores = Float32Array.of(1, 0, 2, 9), places = Int32Array.of(3, 1, 0, -1), T = 2;
  const found = Array.from({ length: 8000 }, () => gumbelTop(scores, places, 1, T, rng)[0]!);
  const mass = [Math.exp(2 / T), Math.exp(0), 0, Math.exp(1 / T)], total = mass.reduce((a, b) => a + b);
  assertLaw(found, mass.map((m) => m / total));
});

Deno.test("a memory that is larger than its candidates holds them in turn, the best first", () => {
  const scores = Float32Array.of(9, 0, 5, 7), places = Int32Array.of(-1, 1, 2, 3);
  assert.deepEqual(gumbelTop(scores, places, 5, 1e-3, new Rng(6, "gumbel")), Int32Array.of(3, 2, 1, 3, 2));
});

Deno.test("of a user with few unseen items each set has all of them", async () => {
  const of = catalogueWhere([[0, 1]], 5), setting = { catalogue: of, seen: new SeenItems(of), rows: 1, epochs: 10 };
  const held = srnsMemory(setting, { size: 2, fresh: 0, temperature: 1, monitor: 4, renewal: "all" });
  await held.beginEpoch(drawIn(of, { epoch: 0, probe: stubProbe(() => 0) }));
  for (const set of [0, 1, 2, 3, 4]) {
    const items = held.state.items.filter((_, place) => place % 5 === set);
    assert.deepEqual(items.toSorted(), Int32Array.of(-1, 2, 3, 4));
  }
});

Deno.test("memories hold distinct unseen items, follow the scores, and keep what they hold through renewals", async () => {
  const items = 60, of = catalogueWhere([[0, 5], [1], []], items), rows = 3, { seen } = drawIn(of);
  const sampler = opened(srns({ memory: 4, fresh: 12, temperature: 0.05, monitor: 20 }), of, rows);
  const probe = stubProbe((_, item) => item / items), state = sampler.state as Record<string, Int32Array>;
  const memoryOf = (user: number) => [0, 1, 2, 3].map((k) => state.items![user * 20 + state.memory![user * 4 + k]!]!);
  const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b) / xs.length;
  let first = 0;
  for (let epoch = 0; epoch < 6; epoch++) {
    const before = epoch > 0 ? [0, 1, 2].map(memoryOf) : undefined, draw = drawIn(of, { epoch, probe });
    await sampler.beginEpoch!(draw);
    if (before) assert.deepEqual([0, 1, 2].map(memoryOf), before);
    if (epoch === 0) first = mean([0, 1, 2].flatMap(memoryOf));
    for (let step = 0; step < 10; step++) {
      await sampler.propose({
        rows,
        first: step * rows,
        users: Int32Array.of(0, 1, 0),
        positives: Int32Array.of(0, 1, 5),
      }, draw);
    }
    for (const user of [0, 1, 2]) {
      const held = memoryOf(user);
      assert.equal(new Set(held).size, 4);
      assert(held.every((item) => !seen.has(user, item)));
    }
  }
  assert(mean([0, 1].flatMap(memoryOf)) > first + 10, "users that train are drawn to items that score high");
});

Deno.test("each epoch exchanges a fifth of the tracked items, but for those of the memory", async () => {
  const of = catalogueWhere([[0]], 1000), tracked = 20, probe = stubProbe(() => 0);
  const sampler = opened(srns({ memory: 8, fresh: 0, monitor: tracked }), of, 1);
  const { items, memory } = sampler.state as Record<string, Int32Array>;
  await sampler.beginEpoch!(drawIn(of, { epoch: 0, probe }));
  for (let epoch = 1; epoch < 7; epoch++) {
    const before = items!.slice();
    await sampler.beginEpoch!(drawIn(of, { epoch, probe }));
    const places = Array.from({ length: tracked }, (_, place) => place);
    const exchanged = places.filter((place) => items![place] !== before[place]);
    assert.deepEqual(exchanged, places.filter((place) => place % 5 === epoch % 5 && !memory!.includes(place)));
  }
});

Deno.test("as released, an epoch draws from the set filled four epochs before, and memories keep their positions alone", async () => {
  const of = catalogueWhere([[0]], 1000), monitor = 12, setting = { catalogue: of, seen: new SeenItems(of), rows: 1 };
  const held = srnsMemory({ ...setting, epochs: 20 }, { size: 4, fresh: 8, temperature: 1, monitor, renewal: "all" });
  const { items, memory } = held.state, score = (epoch: number, item: number) => Math.sin(item * (epoch + 1));
  const filled: (readonly number[])[] = []; // what each epoch replaced
  let positions: number[] = [];
  for (let epoch = 0; epoch < 14; epoch++) {
    const before = items.slice(), draw = drawIn(of, { epoch, probe: stubProbe((_, item) => score(epoch, item)) });
    await held.beginEpoch(draw);
    const ofSet = (set: number) => [...items].filter((_, place) => place % 5 === set);
    filled.push(ofSet(epoch % 5));
    assert.equal(new Set(filled[epoch]).size, monitor);
    [...items].forEach((item, place) => {
      if (epoch > 0) assert.equal(item !== before[place], place % 5 === epoch % 5, `epoch ${epoch}, place ${place}`);
    });
    if (epoch > 0) assert.deepEqual([...memory].map((place) => Math.floor(place / 5)), positions);
    for (let step = 0; step < 3; step++) {
      const { memory: ids, spread } = held.read(batchOf(0, 1), epoch);
      if (epoch >= 4) {
        assert(ids.every((item) => filled[epoch - 4]!.includes(item)));
        ids.forEach((item, k) => {
          const pi = [4, 3, 2, 1, 0].map((ago) => sigmoid(score(epoch - ago, item) - score(epoch - ago, 0)));
          const mean = pi.reduce((a, b) => a + b) / 5,
            wanted = Math.sqrt(pi.reduce((sum, p) => sum + (p - mean) ** 2, 0) / 5);
          assert(Math.abs(spread[k]! - wanted) < 1e-6);
        });
      }
      await held.resample({ ...batchOf(0, 1), first: step }, draw);
    }
    positions = [...memory].map((place) => Math.floor(place / 5));
    assert.equal(new Set(positions).size, 4);
  }
});

Deno.test("as released, users with hardly any unseen items have them all the same", async () => {
  const of = catalogueWhere([[0, 1], [0, 1, 2]], 4),
    sampler = opened(srns({ memory: 3, fresh: 2, renewal: "all", monitor: 6 }), of, 2);
  for (let epoch = 0; epoch < 8; epoch++) {
    const draw = drawIn(of, { epoch, probe: stubProbe((_, item) => item) });
    await sampler.beginEpoch!(draw);
    for (let step = 0; step < 2; step++) {
      const batch = { rows: 2, first: 2 * step, users: Int32Array.of(0, 1), positives: Int32Array.of(0, 2) };
      const { memory } = await sampler.propose(batch, draw);
      [...memory as Int32Array].forEach((item, at) =>
        assert(at < 3 ? item === 2 || item === 3 : item === 3, `${memory}`)
      );
    }
  }
});

Deno.test("what competes with a memory is drawn alike from all other places, of few items and of many", async () => {
  const USERS = 6000, MONITOR = 8;
  for (const [renewal, items] of [["fifth", 12], ["fifth", 1000], ["all", 12], ["all", 1000]] as const) {
    const of = catalogueWhere(Array.from({ length: USERS }, () => [0]), items), rows = USERS;
    const setting = { catalogue: of, seen: new SeenItems(of), rows, epochs: 9 };
    const held = srnsMemory(setting, { size: 1, fresh: 1, temperature: 1e6, monitor: MONITOR, renewal });
    const users = Int32Array.from({ length: USERS }, (_, user) => user), draw = drawIn(of);
    await held.beginEpoch(draw);
    const places = () => Array.from(held.state.memory, (place) => renewal === "all" ? Math.floor(place / 5) : place);
    const before = places();
    await held.resample({ rows, first: 0, users, positives: new Int32Array(USERS) }, draw);
    // the one that was there and the other are as likely; steps are how far apart in a circle of places they lie
    const steps = places().map((place, user) => (place - before[user]! + MONITOR) % MONITOR);
    assertLaw(steps, [0.5, ...new Array<number>(MONITOR - 1).fill(0.5 / (MONITOR - 1))]);
  }
});
