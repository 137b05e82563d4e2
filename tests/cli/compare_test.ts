import assert from "node:assert/strict";
import { compareCommand } from "../../cli/compare.ts";
import { compareOptions } from "../../cli/study_options.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { writeAdjacency } from "../../datasets/write.ts";
import { resolve } from "../../options/option.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { fullAfterFirst, stoppedWhen } from "./stopped_when.ts";

/** Writes a small dataset and hands over a function that compares on it, in this process, quietly. */
const onData = (
  use: (
    compare: (given: Record<string, unknown>, signal?: AbortSignal) => Promise<number>,
    folder: string,
  ) => Promise<void>,
) =>
  inFolder(async (folder) => {
    const data = synthetic({ users: 60, items: 90, median: 20, seed: 3 });
    for (const part of ["train", "test"] as const) {
      await Deno.writeTextFile(`${folder}/${part}.txt`, writeAdjacency(data[part]!, data));
    }
    const common = { data: folder, backbone: "mf:dim=4", lr: 0.02, provider: "wasm", batchSize: 256, quiet: true };
    await use(
      (given, signal = new AbortController().signal) =>
        compareCommand(resolve("compare", compareOptions, { ...common, out: `${folder}/out`, ...given }), signal),
      folder,
    );
  });

// deno-lint-ignore no-explicit-any -- a test reads what it wrote
const readJson = async (path: string): Promise<any> => JSON.parse(await Deno.readTextFile(path));
const trialsIn = (folder: string) => [...Deno.readDirSync(`${folder}/out/trials`)].map(({ name }) => name).sort();

Deno.test("compare trains each method under each seed and writes a table with spread, tests and baselines", () =>
  onData(async (compare, folder) => {
    assert.equal(await compare({ samplers: "rns,hard=dns:pool=4", seeds: 2, epochs: 2 }), 0);
    assert.deepEqual(trialsIn(folder).map((name) => name.replace(/-[0-9a-f]{8}$/, "")), [
      "mf-dns-bpr-0",
      "mf-dns-bpr-1",
      "mf-rns-bpr-0",
      "mf-rns-bpr-1",
    ]);
    const { rows, seeds, selectedOn, metrics } = await readJson(`${folder}/out/compare.json`);
    assert.deepEqual([seeds, selectedOn, metrics], [[0, 1], "valid", ["ndcg@20", "recall@20"]]);
    // deno-lint-ignore no-explicit-any -- as above
    assert.deepEqual(rows.map(({ label }: any) => label), ["rns", "hard", "most popular", "item-KNN", "iALS"]);

    const values: number[] = [];
    for (const name of trialsIn(folder).filter((name) => name.startsWith("mf-dns"))) {
      values.push((await readJson(`${folder}/out/trials/${name}/metrics.json`)).test["ndcg@20"]);
    }
    const cell = rows[1].cells["ndcg@20"];
    assert.deepEqual(cell.values, values);
    assert(Math.abs(cell.mean - (values[0]! + values[1]!) / 2) < 1e-12);
    assert(Math.abs(cell.sd - Math.abs(values[0]! - values[1]!) / Math.SQRT2) < 1e-12);
    assert.deepEqual([cell.against.overSeeds.n, rows[0].cells["ndcg@20"].against], [2, null]);
    assert(cell.against.overUsers.p > 0 && cell.against.overUsers.holm >= cell.against.overUsers.p);

    const lines = (await Deno.readTextFile(`${folder}/out/compare.csv`)).split("\r\n");
    assert.equal(lines.length, 1 + 5 * 2 + 1);
    assert.equal(Number(lines[3]!.split(",")[3]), cell.mean);
    const text = await Deno.readTextFile(`${folder}/out/compare.md`);
    assert.match(text, /\| method +\| ndcg@20 +\| vs\. rns +\| p \(seeds\) \| p \(users\)/);
    assert.match(text, new RegExp(`\\| hard +\\| \\**${cell.mean.toFixed(4)} ± ${cell.sd.toFixed(4)}`));
    assert.match(text, /picked by ndcg@20 on held-out validation interactions, never on test/);
    assert.match(text, /over 2 seeds \(0, 1\)/);
    assert.match(text, /corrected by Holm for 4 comparisons/);
    assert.match(text, /item-KNN: k=\d+, shrink=\d+, the best of 12 on validation/);
    assert.match(text, /iALS: c0=[\d.]+, l2=[\d.]+, the best of 9 on validation/);
  }));

Deno.test("trials that are done are skipped, whatever they are called now, and new ones are added", () =>
  onData(async (compare, folder) => {
    const settings = { seeds: 1, epochs: 1, baselines: "none" };
    assert.equal(await compare({ ...settings, samplers: "rns" }), 0);
    const [first] = trialsIn(folder), metrics = `${folder}/out/trials/${first}/metrics.json`;
    const marked = { ...await readJson(metrics), marked: true };
    await Deno.writeTextFile(metrics, JSON.stringify(marked));
    assert.equal(await compare({ ...settings, samplers: "plain=rns:negatives=1; dns:pool=4", metrics: "hit@10" }), 0);
    assert.equal(trialsIn(folder).length, 2);
    assert.equal((await readJson(metrics)).marked, true);
    assert.equal(await compare({ ...settings, samplers: "rns", l2: 0.5 }), 0);
    assert.equal(trialsIn(folder).length, 3);
  }));

Deno.test("a study that is stopped goes on in the middle of a trial and ends with the same numbers", () =>
  onData(async (compare, folder) => {
    const settings = {
      samplers: "rns,dns:pool=4",
      seeds: 1,
      epochs: 12,
      evaluateEvery: 1,
      patience: 99,
      baselines: "none",
    };
    assert.equal(await compare({ ...settings, out: `${folder}/whole` }), 0);

    const second = /^mf-dns/;
    const isInSecond = () => {
      const trial = trialsIn(folder).find((name) => second.test(name));
      return trial !== undefined && Deno.statSync(`${folder}/out/trials/${trial}/checkpoint.safetensors`).isFile;
    };
    assert.equal(await stoppedWhen(isInSecond, (signal) => compare(settings, signal)), 130);
    const stopped = trialsIn(folder).find((name) => second.test(name))!;
    const firstEpoch = async () =>
      (await Deno.readTextFile(`${folder}/out/trials/${stopped}/log.jsonl`)).split("\n")[0];
    const before = await firstEpoch(), partial = await readJson(`${folder}/out/compare.json`);
    assert.deepEqual([partial.rows[0].seeds, partial.rows[1].cells], [[0], null]);

    assert.equal(await compare(settings), 0);
    assert.equal(await firstEpoch(), before, "the epoch with its seconds is the one that was run before");
    const cells = async (out: string) =>
      // deno-lint-ignore no-explicit-any -- as above
      (await readJson(`${folder}/${out}/compare.json`)).rows.map(({ cells, bestEpoch }: any) => [cells, bestEpoch]);
    assert.deepEqual(await cells("out"), await cells("whole"));
    const left = trialsIn(folder).flatMap((trial) => [...Deno.readDirSync(`${folder}/out/trials/${trial}`)]);
    assert.deepEqual(
      left.filter(({ name }) => name.startsWith("checkpoint")),
      [],
      "checkpoints go when a trial is done",
    );
  }));

Deno.test("a comparison that is stopped and cannot keep its checkpoint says so", () =>
  onData(async (compare, folder) => {
    const settings = { samplers: "rns", seeds: 1, epochs: 99, evaluateEvery: 1, patience: 99, baselines: "none" };
    const isFull = () => fullAfterFirst(`${folder}/out/trials/${trialsIn(folder)[0]}`);
    await assert.rejects(
      stoppedWhen(isFull, (signal) => compare(settings, signal)),
      /Cannot write ".*checkpoint\.safetensors": the disk is full$/,
    );
  }));

Deno.test("a trial that fails is told in the table; the others go on, and the exit code says so", () =>
  onData(async (compare, folder) => {
    const given = { samplers: "rns; sbpr; dns:pool=4", seeds: 1, epochs: 1, baselines: "none" }; // sbpr needs friends
    assert.equal(await compare(given), 1);
    const { rows } = await readJson(`${folder}/out/compare.json`);
    assert.match(rows[1].failed[0].error, /friends/);
    assert.equal(rows[1].cells, null);
    assert(rows[2].cells["ndcg@20"].mean > 0);
    const text = await Deno.readTextFile(`${folder}/out/compare.md`);
    assert.match(text, /sbpr, seed 0 failed: /);
    assert.match(text, /corrected by Holm for 1 comparison;/, "what failed was compared with nothing");
  }));

Deno.test("selecting on the test set is said in the table", () =>
  onData(async (compare, folder) => {
    assert.equal(await compare({ samplers: "rns", seeds: 1, epochs: 1, select: "test", baselines: "item-knn" }), 0);
    const text = await Deno.readTextFile(`${folder}/out/compare.md`);
    assert.match(text, /on the TEST set, as the papers' code does: all numbers of trained methods are optimistic/);
    assert.match(text, /item-KNN: k=100, shrink=100, untuned/);
  }));

Deno.test("a run whose epoch was selected on the test set is said to be optimistic by evaluate and report, too", () =>
  onData(async (_, folder) => {
    const options = [
      "--backbone",
      "mf:dim=4",
      "--epochs",
      "1",
      "--provider",
      "wasm",
      "--select",
      "test",
      "--out",
      "run",
    ];
    const trained = await foil(["train", "--data", ".", ...options], folder);
    assert.equal(trained.code, 0, trained.stderr);
    const { stderr, stdout } = await foil(["evaluate", "--run", "run"], folder);
    assert.match(stderr + stdout, /its run selects the best epoch on the TEST set, .*: its numbers are optimistic/);
    const report = await foil(["report", "run"], folder);
    assert.match(report.stderr + report.stdout, /by ndcg@20 on the TEST set, which makes it optimistic/);
  }));

Deno.test("what cannot be compared is named before anything is trained", () =>
  onData(async (compare, folder) => {
    const cases: [Record<string, unknown>, RegExp][] = [
      [{}, /Cannot compare: --samplers says which methods, such as rns,dns:pool=32,ahns/],
      [{ samplers: "rns,dnss" }, /There is no sampler "dnss"; there are "rns"/],
      [{ samplers: "dns:size=3" }, /it has no option "size"; it has "pool"/],
      [{ samplers: "rns loss=bprr" }, /There is no loss "bprr"/],
      [{ samplers: "rns", baselines: "knn" }, /There is no baseline "knn"; there are "popular", "item-knn", "ials"/],
      [{ samplers: "rns", metrics: "auc@3" }, /There is no metric "auc@3"/],
      [{ samplers: "rns", metrics: "" }, /--metrics says by what/],
    ];
    for (const [given, message] of cases) await assert.rejects(compare(given), message);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["test.txt", "train.txt"]);
  }));

Deno.test("what is never drawn, and whether draws of a row differ, may be a method's own", () =>
  onData(async (compare, folder) => {
    const samplers = "rns:negatives=4; all=rns:negatives=4 exclude=none; rns:negatives=4 distinct=true";
    assert.equal(await compare({ samplers, seeds: 1, epochs: 1, baselines: "none" }), 0);
    const { rows } = await readJson(`${folder}/out/compare.json`);
    // deno-lint-ignore no-explicit-any -- as above
    const values = rows.map(({ cells }: any) => cells["ndcg@20"].mean);
    assert.equal(trialsIn(folder).length, 3);
    assert.equal(new Set(values).size, 3, `${values}`);
  }));

Deno.test("compare does not train anew what a study in its folder has trained", () =>
  onData(async (compare, folder) => {
    await Deno.mkdir(`${folder}/out`);
    await Deno.writeTextFile(`${folder}/out/study.json`, "{}");
    await assert.rejects(
      compare({ samplers: "rns" }),
      /Cannot compare into "[^"]*out": it holds a study \(study.json\)/,
    );
    assert.deepEqual([...Deno.readDirSync(`${folder}/out`)].map(({ name }) => name), ["study.json"]);
  }));

Deno.test("a YAML file describes a study, its config.yaml does so again, and --json tells each step", () =>
  onData(async (_, folder) => {
    await Deno.writeTextFile(
      `${folder}/study.yaml`,
      [
        `data: ${folder}`,
        "backbone: { name: mf, dim: 4 }",
        "provider: wasm",
        "epochs: 1",
        "seeds: [3]",
        "metrics: [hit@10, ndcg@20]",
        "out: study",
        "samplers:",
        "  - rns",
        "  - { label: several, sampler: { name: rns, negatives: 3 }, lr: 0.02 }",
        "",
      ].join("\n"),
    );
    const { code, stdout, stderr } = await foil(["compare", "--config", "study.yaml", "--json"], folder);
    assert.equal(code, 0, stderr);
    const lines = jsonLines(stdout);
    assert.deepEqual(lines.map(({ event, label }) => `${event} ${label ?? ""}`.trim()), [
      "baseline most popular",
      "baseline item-KNN",
      "baseline iALS",
      "epoch rns",
      "trial rns",
      "epoch several",
      "trial several",
      "table",
    ]);
    assert.deepEqual([lines.at(-1).seeds, lines.at(-1).metrics], [[3], ["hit@10", "ndcg@20"]]);

    const again = await foil(
      ["compare", "--config", "study/config.yaml", "--samplers", "rns", "--samplers", "dns", "--json"],
      folder,
    );
    assert.equal(again.code, 0, again.stderr);
    const trials = jsonLines(again.stdout).filter(({ event }) => event === "trial");
    assert.deepEqual(trials.map(({ label, skipped }) => [label, skipped]), [["rns", true], ["dns", false]]);
  }));
