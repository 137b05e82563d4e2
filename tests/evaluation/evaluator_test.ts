import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { fullRanking, rankBy } from "../../evaluation/full_ranking.ts";
import { mf } from "../../models/mf.ts";
import { openRuntime } from "../../runtime/providers.ts";

const { train, valid } = synthetic({ users: 300, items: 200, median: 15, seed: 1 });
const seen = catalogue(train), backbone = mf({ dim: 8 }), metrics = ["ndcg@5"];
const opened = async (workers: number) => {
  const runtime = await openRuntime({ provider: "wasm", seed: 1 });
  return { runtime, ranking: await fullRanking(runtime, backbone, seen, valid!, { metrics, workers }) };
};

for (const workers of [1, 2]) {
  Deno.test(`a ranking by ${workers} threads that is disposed of fails, and never hangs`, async () => {
    const { ranking, runtime } = await opened(workers);
    const running = assert.rejects(ranking.evaluate(), /disposed of/);
    await ranking.dispose();
    await running;
    await ranking.dispose();
    await assert.rejects(ranking.evaluate(), /^TypeError: Cannot evaluate: the ranking was disposed of/);
    await runtime.dispose();
  });

  Deno.test(`scores of one user that are NaN are a RangeError by ${workers} threads, wherever the user stands`, async () => {
    const { ranking, runtime } = await opened(workers), user = (await runtime.save()).get("user")!;
    for (const at of [0, 7, 299]) {
      const data = user.data.slice().fill(NaN, 8 * at, 8 * (at + 1));
      await runtime.load(new Map([["user", { ...user, data }]]));
      await assert.rejects(ranking.evaluate(), { name: "RangeError", message: new RegExp(`for user ${at} is NaN`) });
    }
    await ranking.dispose();
    await runtime.dispose();
  });

  Deno.test(`a score that is NaN is a RangeError by ${workers} threads, and the ranking can be used after it`, async () => {
    const { ranking, runtime } = await opened(workers), before = await ranking.evaluate(), good = await runtime.save();
    const bad = new Map(Array.from(good, ([name, { shape, data }]) => [name, { shape, data: data.map(() => NaN) }]));
    await runtime.load(bad);
    await assert.rejects(
      ranking.evaluate(),
      /^RangeError: Cannot rank: the model's score of item 0 for user \d+ is NaN/,
    );
    await runtime.load(good);
    assert.deepEqual(await ranking.evaluate(), before);
    await ranking.dispose();
    await runtime.dispose();
  });
}

Deno.test("evaluations asked for at once come out as one asked for alone", async () => {
  const { train, valid } = synthetic({ users: 300, items: 5000, median: 15, seed: 1 }); // two blocks of items
  for (const workers of [1, 2]) {
    const runtime = await openRuntime({ provider: "wasm", seed: 1 }), options = { metrics: ["ndcg@50"], workers };
    const ranking = await fullRanking(runtime, backbone, catalogue(train), valid!, options);
    const alone = await ranking.evaluate();
    assert(alone.metrics["ndcg@50"]! > 0);
    assert.deepEqual(await Promise.all([ranking.evaluate(), ranking.evaluate()]), [alone, alone]);
    await ranking.dispose();
    await runtime.dispose();
  }
});

/** What a program printed, that may do what `permissions` say, and ended by itself. */
async function printedBy(program: string, ...permissions: readonly string[]): Promise<readonly string[]> {
  const text = `import * as foil from "${new URL("../../mod.ts", import.meta.url)}";\n${program}`;
  const args = ["run", "--no-prompt", ...permissions, "--no-check", "--no-lock", "--ext=ts", "-"];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
  const late = setTimeout(() => child.kill(), 60_000);
  await new Blob([text]).stream().pipeTo(child.stdin);
  const { code, stdout } = await child.output();
  clearTimeout(late);
  assert.equal(code, 0);
  return new TextDecoder().decode(stdout).trim().split("\n");
}

Deno.test("a program that does not dispose of a ranking by threads ends all the same", async () => {
  const [first, second] = await printedBy(
    `
    const { train, valid } = foil.synthetic({ users: 300, items: 200, median: 15, seed: 1 });
    const runtime = await foil.openRuntime({ provider: "wasm", seed: 1 }), options = { metrics: ["ndcg@5"], workers: 2 };
    const ranking = await foil.fullRanking(runtime, foil.mf({ dim: 8 }), foil.catalogue(train), valid, options);
    for (const pause of [0, 3000]) { // longer than threads wait for work
      await new Promise((resolve) => setTimeout(resolve, pause));
      console.log((await ranking.evaluate()).metrics["ndcg@5"]);
    }`,
    "-A",
  );
  assert(Number(first) > 0);
  assert.equal(second, first);
});

Deno.test("where threads may not read their program, this one ranks, unless threads are asked for", async () => {
  const { npmCache } = JSON.parse(
    new TextDecoder().decode((await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output()).stdout),
  );
  const [alone, asked] = await printedBy(
    `
    const count = 7100, ids = Int32Array.from({ length: count }, (_, id) => id), next = ids.map((id) => (id + 1) % count);
    const log = (items) => foil.interactions({ users: ids, items, userCount: count, itemCount: count });
    const runtime = await foil.openRuntime({ provider: "wasm", seed: 1 }), seen = foil.catalogue(log(ids));
    for (const workers of [0, 2]) {
      const ranking = await foil.fullRanking(runtime, foil.mf({ dim: 4 }), seen, log(next), { metrics: ["mrr@5"], workers });
      console.log(await ranking.evaluate().then(({ metrics }) => metrics["mrr@5"], (error) => error.message));
      await ranking.dispose();
    }`,
    `--allow-read=${npmCache}`,
  );
  assert(Number(alone) > 0, alone);
  assert.match(asked!, /^Cannot rank in a worker: .*read access/);
});

Deno.test("what an evaluation returns is the caller's: changing it changes no other", async () => {
  const { ranking, runtime } = await opened(1);
  const one = await ranking.evaluate(), users = one.users.slice();
  structuredClone(one.users, { transfer: [one.users.buffer as ArrayBuffer] });
  one.perUser["ndcg@5"]!.fill(9);
  const two = await ranking.evaluate();
  assert.deepEqual([two.users, two.metrics], [users, one.metrics]);
  assert(two.perUser["ndcg@5"]!.every((value) => value <= 1));
  await ranking.dispose();
  await runtime.dispose();
});

Deno.test("interactions of more items or users than the catalogue, and options that cannot be, are refused", async () => {
  const runtime = await openRuntime({ provider: "wasm" });
  const held = interactions({ users: [0], items: [500], userCount: 300, itemCount: 900 });
  const rank = (log = valid!, options = {}) => fullRanking(runtime, backbone, seen, log, { metrics, ...options });
  const other =
    /^RangeError: Cannot rank: "(held|alsoSeen)" is of 300 users and 900 items, the catalogue of 300 and 200/;
  await assert.rejects(rank(held), other);
  await assert.rejects(rank(valid, { alsoSeen: [held] }), other);
  await assert.rejects(rankBy(() => new Float32Array(200), seen, held, { metrics }), other);
  for (const memory of [NaN, 0, -1]) await assert.rejects(rank(valid, { memory }), /^RangeError: .*"memory"/);
  for (const workers of [NaN, -1, 1.5]) await assert.rejects(rank(valid, { workers }), /^RangeError: .*"workers"/);
  const short = rankBy(() => new Float32Array(2), seen, valid!, { metrics });
  await assert.rejects(short, /^RangeError: Cannot rank 200 items by the 2 scores of user 0/);
  await runtime.dispose();
});
