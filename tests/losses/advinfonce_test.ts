import assert from "node:assert/strict";
import { losses } from "../../losses/mod.ts";
import { eachProvider } from "../runtime/each_provider.ts";
import { GOLDEN, near, softmax, sum } from "./formulas.ts";
import { type Given, lossOf, type Lost, onWasm, table } from "./scored.ts";

const { advinfonce, infonce } = losses, temperature = 0.5;
/** Tables of width 1: the logits of the user's three negatives are its 1 times these. */
const tables = (logits: readonly number[], user = 1) =>
  new Map([["user", table([1, 1], [user])], ["item", table([logits.length, 1], logits)]]);
const golden = { ...GOLDEN, tensors: tables([0.3, -0.2, 0.1]) };

eachProvider("advinfonce of the golden scores, and how far its weights are from even", async (runtime) => {
  const { value, reported } = await lossOf(runtime, advinfonce({ temperature, harder: 1, dim: 1 }), golden);
  near(value, 0.771242);
  near(reported.eta!, 0.020112, 1e-5);
  const weighted = await lossOf(runtime, advinfonce({ temperature, harder: 1, dim: 1 }), {
    ...golden,
    weight: [[3, 0.5, 2]],
  });
  near(weighted.reported.eta!, 0.020112, 1e-5); // of the adversary's weights alone, whatever the sampler's are
});

Deno.test("even weights and k_neg 1 make advinfonce InfoNCE, of corrected scores and where some are masked, too", async () => {
  const even = tables([2, 2, 2]), mask = [[1, 0, 1]], logQ = [[-1, -2, -3]];
  for (const more of [{}, { mask }, { logQ, positiveLogQ: [-2], items: 3 }, { weight: [[1, 2, 0.5]] }]) {
    const found: number[] = [];
    for (const loss of [advinfonce({ temperature, harder: 1, dim: 1 }), infonce({ temperature })]) {
      await onWasm(loss, async (of) => {
        const { value, reported } = await of({ ...GOLDEN, ...more, tensors: even });
        found.push(value);
        near(reported.eta ?? 0, 0);
      });
    }
    near(found[0]!, found[1]!);
  }
});

Deno.test("the adversary's slopes are those of differences", () =>
  onWasm(advinfonce({ temperature, harder: 2, dim: 1 }), async (of) => {
    const logits = [0.3, -0.2, 0.1], scores = GOLDEN.negative[0]!;
    const lose = (logits: readonly number[], user: number) => {
      const p = softmax(logits.map((x) => user * x));
      return Math.log(1 + 2 * 3 * sum(scores.map((s, k) => p[k]! * Math.exp((s - 0.7) / temperature))));
    };
    const before = await of(golden), step = 1e-5;
    near(before.value, lose(logits, 1));
    const item = before.slopes.item!, user = before.slopes.user![0]!;
    near(user, (lose(logits, 1 + step) - lose(logits, 1 - step)) / (2 * step), 1e-5);
    logits.forEach((x, k) => {
      const moved = (h: number) => lose(logits.with(k, x + h), 1);
      near(item[k]!, (moved(step) - moved(-step)) / (2 * step), 1e-5);
    });
  }));

Deno.test("a step up the adversary's slopes raises the loss, and leads away from even weights", () =>
  onWasm(advinfonce({ temperature, dim: 1 }), async (of) => {
    const before = await of({ ...GOLDEN, tensors: tables([0, 0, 0]) });
    const after = await of({ ...GOLDEN, tensors: tables([...before.slopes.item!]) });
    assert(after.value > before.value, `${after.value} after ${before.value}`);
    assert(before.reported.eta! < 1e-6 && after.reported.eta! > 1e-3, `${after.reported.eta}`);
  }));

Deno.test("networks take the first layer of the vectors, and teach the model nothing", async () => {
  const ones = (shape: readonly number[]) => table(shape, new Array(shape.reduce((a, b) => a * b)).fill(1));
  const none = (shape: readonly number[]) => table(shape, new Array(shape.reduce((a, b) => a * b)).fill(0));
  const networks = new Map([
    ["user/weight", ones([1, 4])],
    ["user/bias", none([4])],
    ["item/weight", ones([1, 4])],
    ["item/bias", none([4])],
  ]);
  const of = (second: number): NonNullable<Given["vectors"]> => ({
    layers: 2,
    query: [[0.5, second]],
    positive: [[0, second]],
    negative: [[[0.3, second], [-0.2, second], [0.1, second]]], // the second is below 0, where its network is silent
  });
  const found: Lost[] = [];
  await onWasm(advinfonce({ temperature, harder: 1, players: "mlp" }), async (lose) => {
    for (const second of [0, 9]) found.push(await lose({ ...GOLDEN, tensors: networks, vectors: of(second) }));
  });
  const p = softmax([0.3, 0, 0.1].map((x) => 4 * 0.5 * x));
  const wanted = Math.log(1 + 3 * sum(GOLDEN.negative[0]!.map((s, k) => p[k]! * Math.exp((s - 0.7) / temperature))));
  for (const { value, slopes } of found) {
    near(value, wanted);
    assert.deepEqual(Object.keys(slopes).sort(), ["item/bias", "item/weight", "n", "p", "user/bias", "user/weight"]);
  }
});

Deno.test("between two of the adversary's epochs lie as many of the model's as asked for, and the ascents end", () => {
  const epochs = (options: Parameters<typeof advinfonce>[0]) =>
    Array.from({ length: 60 }, (_, epoch) => epoch).filter(advinfonce(options).adversary!.ascends);
  assert.deepEqual(epochs({ ascents: 3 }), [2, 8, 14]); // 2 of the model's, then 5 each
  assert.deepEqual(epochs({ every: 1, warmup: 0, ascents: 4 }), [0, 2, 4, 6]);
  assert.deepEqual(epochs({ every: 1, warmup: 2, ascents: 2 }), [2, 4]); // a warm-up of a whole period is kept to
  assert.deepEqual(epochs({ ascents: 0 }), []);
});

Deno.test("tables need items' ids; networks do without", async () => {
  const made: Given = { ...GOLDEN, synthesised: true };
  await onWasm(advinfonce(), (of) => assert.rejects(() => of(made), /synthesised; players=mlp takes their vectors/));
  await onWasm(advinfonce({ players: "mlp" }), async (of) => assert((await of(made)).value > 0));
});
