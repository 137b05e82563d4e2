import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { foil, inFolder, jsonLines } from "./foil.ts";

/** Users whose next item is the one after the last. */
const lines = (from: number, count: number) =>
  Array.from(
    { length: count },
    (_, line) => Array.from({ length: 5 }, (_, at) => 1 + (from + line + at) % 12).join(" "),
  )
    .join("\n") + "\n";
const inSequences = (use: (folder: string) => Promise<void>) =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/seq`);
    for (const [part, from, count] of [["train", 0, 40], ["valid", 3, 8], ["test", 7, 8]] as const) {
      await Deno.writeTextFile(`${folder}/seq/${part}_data.txt`, lines(from, count));
    }
    await use(folder);
  });
const QUICK = ["--backbone", "mf:dim=4", "--sampler", "rns", "--epochs", "1", "--provider", "wasm"];

Deno.test("train and evaluate on sequences tell cohorts, balance and drawn candidates, each as what it is", () =>
  inSequences(async (folder) => {
    const ranked = ["--metrics", "hr,balance,sampled3/hit", "--at", "5", "--mask", "none", "--average", "events"];
    const trained = await foil(["train", "--data", "seq", ...QUICK, ...ranked, "--out", "run"], folder);
    assert.equal(trained.code, 0, trained.stderr);
    assert.match(trained.stdout, /history is not masked: .*; means are over held-out interactions.*\n.*full ranking /);
    const [full, drawn] = trained.stdout.split("among drawn candidates: NOT full ranking");
    assert.match(full!, /^hr@5 /m);
    assert.match(full!, /^balance@5 /m);
    assert.match(full!, /^hit@5 /m); // beside sampled3/hit@5, unasked
    assert(!full!.includes("sampled"));
    assert.match(drawn!, /^hit@5 \(1\+3 sampled\)/m);
    // the run says how it was ranked; a flag may say otherwise
    const evaluate = async (...flags: string[]) => {
      const args = [
        "evaluate",
        "--run",
        "run",
        "--metrics",
        "hit",
        "--at",
        "5",
        "--json",
        "--provider",
        "wasm",
        ...flags,
      ];
      const { code, stdout, stderr } = await foil(args, folder);
      assert.equal(code, 0, stderr);
      return jsonLines(stdout)[0].test["hit@5"];
    };
    const { test, mask, average } = JSON.parse(await Deno.readTextFile(`${folder}/run/metrics.json`));
    assert.deepEqual([mask, average], ["none", "events"]);
    assert.equal(await evaluate(), test["hit@5"]);
    assert(await evaluate("--mask", "seen") >= test["hit@5"]);
  }));

Deno.test("compare shows cohorts and draws accuracy against balance", () =>
  inSequences(async (folder) => {
    const args = ["compare", "--data", "seq", "--samplers", "rns,dns:pool=2", "--seeds", "2", "--out", "out"];
    const wanted = [
      "--metrics",
      "ndcg@5,tail/hit@5,balance@5,sampled3/hit@5",
      "--mask",
      "none",
      "--baselines",
      "popular",
    ];
    const { code, stderr } = await foil([...args, ...wanted, "--backbone", "mf:dim=4", "--epochs", "1"], folder);
    assert.equal(code, 0, stderr);
    const text = await Deno.readTextFile(`${folder}/out/compare.md`);
    assert.match(text, /\| tail\/hit@5 +\| balance@5 +\| hit@5 \(1\+3 sampled\) +\| hit@5 /);
    assert.match(text, /history is not masked/);
    assert.match(text, /may order methods otherwise \(Krichene/);
    const svg = await Deno.readTextFile(`${folder}/out/balance.svg`);
    assert.match(svg, />rns<[\s\S]*>dns:pool=2<[\s\S]*>most popular</);
    const { rows } = JSON.parse(await Deno.readTextFile(`${folder}/out/compare.json`));
    const { overSeeds, overUsers } = rows[1].cells["balance@5"].against;
    assert.deepEqual([overSeeds.n, overUsers], [2, null]);
  }));

Deno.test("a split by user is written as sequences, and read back as it was", () =>
  inFolder(async (folder) => {
    const log = Array.from({ length: 20 }, (_, user) =>
      [5, 1, 3].map((time) => `u${user},i${(user + time) % 9},${time}`));
    await Deno.writeTextFile(`${folder}/log.csv`, ["user,item,timestamp", ...log.flat(), ""].join("\n"));
    const split = [
      "datasets",
      "split",
      "--data",
      "log.csv",
      "--split",
      "by-user",
      "--test-share",
      "0.1",
      "--out",
      "parts",
    ];
    const refused = await foil(split, folder);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /kept by --as sequences alone/);
    const written = await foil([...split, "--as", "sequences"], folder);
    assert.equal(written.code, 0, written.stderr);
    const read = await foil(["datasets", "info", "--data", "parts", "--json"], folder);
    const { train, valid, test } = jsonLines(read.stdout)[0];
    assert.deepEqual([train.rows, valid.rows, valid.before, test.rows, test.before], [48, 2, 4, 2, 4]);
    const [line] = (await Deno.readTextFile(`${folder}/parts/test_data.txt`)).split("\n");
    const [a, b, c] = line!.split(" ").map((item) =>
      Number(item.slice(1))
    );
    assert.deepEqual([(a! + 2) % 9, (a! + 4) % 9], [b, c]); // times 1 3 5
  }));

Deno.test("what sequences cannot give ends with an error that says so", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/all.txt`, lines(0, 30));
    const train = (...flags: string[]) =>
      foil(["train", "--data", "all.txt", "--format", "sequences", ...QUICK, "--out", "run", ...flags], folder);
    const byTime = await train("--split", "time");
    assert.equal(byTime.code, 1);
    assert.match(byTime.stderr, /Cannot split by time: .*no clock that all share/);
    const noSuch = await train("--split", "leave-one-out", "--metrics", "sampled0/hit");
    assert.equal(noSuch.code, 1);
    assert.match(noSuch.stderr, /There is no metric "sampled0\/hit@10"/);
    const noHead = await train("--split", "leave-one-out", "--metrics", "cold0/hit");
    assert.equal(noHead.code, 1);
    assert.match(noHead.stderr, /no held-out item has at most 0 train interactions/);
    assert(!noHead.stderr.includes("epoch"), "it is said before anything is trained");
    assert.equal((await train("--split", "leave-one-out")).code, 0);
  }));

const beauty = new URL("../../../shared/data/amazon-beauty-seq", import.meta.url).pathname;
Deno.test({
  name: "a backbone that knows nothing of histories trains on amazon-beauty-seq (needs ../shared/data)",
  ignore: !statSync(beauty, { throwIfNoEntry: false }),
  fn: () =>
    inFolder(async (folder) => {
      const metrics = [
        "--metrics",
        "hit,head/hit,mid/hit,tail/hit,balance,sampled100/hit",
        "--at",
        "10",
        "--mask",
        "none",
      ];
      const { code, stdout, stderr } = await foil(
        ["train", "--data", beauty, ...QUICK, ...metrics, "--select-by", "ndcg@10", "--json", "--out", "run"],
        folder,
      );
      assert.equal(code, 0, stderr);
      const { test, references } = jsonLines(stdout).find(({ event }) => event === "test");
      // the most popular items are the head: nothing else is ever hit
      const popular = references["most popular"];
      assert(popular["head/hit@10"] > 0 && popular["tail/hit@10"] === 0);
      assert(Math.abs(popular["balance@10"] - 1 / 3) < 1e-3);
      // 10 of 101 at random, and more where popularity tells
      assert(test["sampled100/hit@10"] > 0.05 && popular["sampled100/hit@10"] > 0.1);
      assert(popular["hit@10"] < popular["sampled100/hit@10"]);
    }),
});

const movies = new URL("../../../shared/data/ml-100k", import.meta.url).pathname;
Deno.test({
  name:
    "on ml-100k hit@10 among 100 drawn items and in full ranking are both printed, as what they are (needs ../shared/data)",
  ignore: !statSync(movies, { throwIfNoEntry: false }),
  fn: () =>
    inFolder(async (folder) => {
      const metrics = ["--metrics", "sampled100/hit", "--at", "10", "--select-by", "hit@10"];
      const args = ["train", "--data", movies, "--split", "leave-one-out", ...QUICK, ...metrics, "--out", "run"];
      const { code, stdout, stderr } = await foil(args, folder);
      assert.equal(code, 0, stderr);
      const [, full, drawn] =
        /full ranking[^]*?^hit@10 +([\d.]+)[^]*NOT full ranking[^]*?^hit@10 \(1\+100 sampled\) +([\d.]+)/m
          .exec(stdout)!;
      assert(Number(drawn) > Number(full));
    }),
});
