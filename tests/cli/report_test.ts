import assert from "node:assert/strict";
import { compareCommand } from "../../cli/compare.ts";
import { readIds } from "../../cli/run_folder.ts";
import { readFolders } from "../../cli/report/read_folders.ts";
import { unmatched } from "../../cli/report/unmatched.ts";
import { reportCommand, reportOptions } from "../../cli/report.ts";
import { compareOptions } from "../../cli/study_options.ts";
import { readLists, readTested } from "../../cli/tested_lists.ts";
import { trainCommand } from "../../cli/train.ts";
import { trainOptions } from "../../cli/train_options.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { writeAdjacency } from "../../datasets/write.ts";
import { resolve } from "../../options/option.ts";
import { inFolder } from "./foil.ts";
import { quietly } from "./small_run.ts";

const { signal } = new AbortController();
const report = (folders: readonly string[], given: Record<string, unknown> = {}) =>
  reportCommand(folders, resolve("report", reportOptions, { quiet: true, ...given }));
const common = { backbone: "mf:dim=4", lr: 0.02, provider: "wasm", batchSize: 256, evaluateEvery: 1, quiet: true };

/** A small dataset in a folder. */
async function writeData(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  const data = synthetic({ users: 60, items: 90, median: 20, seed: 3 });
  for (const part of ["train", "test"] as const) {
    await Deno.writeTextFile(`${folder}/${part}.txt`, writeAdjacency(data[part]!, data));
  }
}
const read = (path: string) => Deno.readTextFile(path);

Deno.test("a study becomes a page with every chart that its trials have data for, the same bytes each time", () =>
  inFolder(async (folder) => {
    const data = `${folder}/small`, out = `${folder}/study`, metrics = "ndcg@10,balance@10";
    await writeData(data);
    const compare = {
      ...common,
      data,
      out,
      metrics,
      samplers: "dns:pool=2; dns:pool=4; dns:pool=8",
      seeds: 1,
      epochs: 3,
    };
    assert.equal(
      await compareCommand(resolve("compare", compareOptions, { ...compare, baselines: "popular" }), signal),
      0,
    );
    assert.equal(await report([out]), 0);
    const names = Array.from(Deno.readDirSync(`${out}/figures`), ({ name }) => name).sort();
    assert.deepEqual(names, [
      ...["against-sampler-pool.svg", "balance.svg", "diversity-by-epoch.svg", "false-negatives-by-epoch.svg"],
      ...["hardness-by-epoch.svg", "hardness-by-positive.svg", "loss-by-epoch.svg", "metric-by-epoch.svg"],
      ...["popularity.svg", "quantile-by-epoch.svg", "seconds.svg", "test-balance-10.svg", "test-ndcg-10.svg"],
    ]);
    const page = await read(`${out}/report.html`), drawing = await read(`${out}/figures/balance.svg`);
    assert(page.includes("<h3>Case study</h3>") && !page.includes("<h3>Not shown</h3>"));

    assert.equal(await report([out], { out: `${folder}/elsewhere/again.html`, svg: `${folder}/svg` }), 0);
    assert.equal(await read(`${folder}/elsewhere/again.html`), page);
    assert.equal(await read(`${folder}/svg/balance.svg`), drawing);

    await Deno.rename(out, `${folder}/moved`);
    const [moved] = await readFolders([`${folder}/moved/`]);
    assert.deepEqual(moved!.methods.map(({ label, trials }) => [label, trials.length]), [
      ["dns:pool=2", 1],
      ["dns:pool=4", 1],
      ["dns:pool=8", 1],
      ["most popular", 1],
    ]);

    // a table alone, as docs/results has it: no trials, and another study of the same data beside it
    await Deno.mkdir(`${folder}/table`);
    await Deno.copyFile(`${folder}/moved/compare.json`, `${folder}/table/compare.json`);
    const both = await readFolders([`${folder}/moved`, `${folder}/table`]);
    assert.deepEqual(both.map(({ title, methods }) => [title, methods[0]!.trials.length]), [
      ["small (moved)", 1],
      ["small (table)", 0],
    ]);
    assert.deepEqual(both[1]!.methods[0]!.cells, both[0]!.methods[0]!.cells);

    // lists that are kept are those that were measured
    const [method] = moved!.methods, { users, held } = await readTested(`${folder}/moved`);
    const { items, length } = method!.lists!.kept,
      hits = Array.from(users, (_, row) => {
        const own = new Set(held.items.subarray(held.offsets[row], held.offsets[row + 1]));
        return items.subarray(row * length, row * length + 10).filter((id) => own.has(id)).length;
      });
    const precision = hits.reduce((sum, count) => sum + count / 10, 0) / users.length;
    assert(Math.abs(precision - method!.trials[0]!.test!["precision@10"]!) < 1e-9);
  }));

Deno.test("runs on the same data are methods of one study, those that differ in their seed trials of one method", () =>
  inFolder(async (folder) => {
    const data = `${folder}/small`,
      run = (out: string, given: Record<string, unknown>) =>
        trainCommand(
          resolve("train", trainOptions, { ...common, data, epochs: 2, out: `${folder}/runs/${out}`, ...given }),
          signal,
        );
    await writeData(data);
    await run("a", { sampler: "rns", seed: 1 });
    await run("b", { sampler: "rns", seed: 2 });
    await run("c", { sampler: "dns:pool=4", seed: 1 });
    const [study, ...others] = await readFolders([`${folder}/runs`]);
    assert.deepEqual([study!.methods.map(({ label, trials }) => [label, trials.length]), others.length], [
      [["rns", 2], ["dns:pool=4", 1]],
      0,
    ]);
    assert.deepEqual([study!.data, study!.seeds, study!.metrics[0]], ["small", [1, 2], "ndcg@20"]);
    const { mean, values } = study!.methods[0]!.cells!["ndcg@20"]!;
    assert(Math.abs(mean - (values[0]! + values[1]!) / 2) < 1e-12);

    // a run from before there was a choice of how ties count goes with those that count them as it did
    const config = `${folder}/runs/b/config.yaml`, said = await read(config), older = said.replace(/^ties: .*\n/m, "");
    assert.notEqual(older, said);
    await Deno.writeTextFile(config, older);
    assert.equal((await readFolders([`${folder}/runs`])).length, 1);

    // a list that is kept is what `recommend` gives, but for what is held out to select by
    const [{ ids }, tested] = [{ ids: await readIds(`${folder}/runs/a`) }, await readTested(`${folder}/runs/a`)];
    const user = ids.users[tested.users[0]!]!;
    assert.equal(await report([`${folder}/runs`], { users: user, top: 3 }), 0);
    const page = await read(`${folder}/runs/report.html`), [best] = (await readLists(`${folder}/runs/a`)).items;
    assert.match(
      page,
      new RegExp(`<h4>User ${user}</h4>[\\s\\S]*?<h5>rns</h5>[\\s\\S]*?<span class="id">${ids.items[best!]}<`),
    );
    await assert.rejects(
      report([`${folder}/runs`], { users: "nobody" }),
      /Cannot look at user "nobody": "small" has none/,
    );

    // a run that was killed before its end has no results yet, but curves
    await Deno.remove(`${folder}/runs/c/metrics.json`);
    const going = (await readFolders([`${folder}/runs/c`]))[0]!;
    assert.deepEqual([going.methods[0]!.cells, going.methods[0]!.trials[0]!.epochs.length], [null, 2]);
    assert.match(going.notes[0]!, /was not tested/);
  }));

Deno.test("runs that differ in more than their seed are methods of their own, and a run that is there twice counts once", () =>
  inFolder(async (folder) => {
    const data = `${folder}/small`,
      run = (out: string, given: Record<string, unknown> = {}) =>
        trainCommand(
          resolve("train", trainOptions, {
            ...{ ...common, data, sampler: "rns", epochs: 2, out: `${folder}/runs/${out}`, ...given },
          }),
          signal,
        );
    await writeData(data);
    await run("a");
    await run("again");
    const others = {
      refit: { refit: true },
      exclude: { exclude: "none" },
      distinct: { distinct: true },
      init: { init: `${folder}/runs/a` },
      patience: { patience: 1 },
      evaluated: { evaluateEvery: 2 },
    };
    for (const [out, given] of Object.entries(others)) await run(out, given);
    const [study] = await readFolders([`${folder}/runs`]);
    assert.deepEqual(
      study!.methods.map(({ label, trials, cells }) => [label, trials.length, cells!["ndcg@20"]!.sd]).sort(),
      ["a", ...Object.keys(others)].map((label) => [label, 1, null]).sort(),
    );
    assert.deepEqual(study!.notes, [
      `"${folder}/runs/again" is left out: another folder has a run of the same options and seed.`,
      `"${folder}/runs/refit": tested is a model trained anew for the epochs that were picked, on what picked them as well.`,
    ]);
    const metrics = `${folder}/runs/init/metrics.json`, facts = JSON.parse(await read(metrics));
    await Deno.writeTextFile(
      metrics,
      JSON.stringify({ ...facts, init: { run: "r", seen: { test: { seen: 1, of: 2 } } } }),
    );
    const [warned] = await readFolders([`${folder}/runs`]);
    assert.match(warned!.notes.at(-1)!, /init": run "r", .* on 1 of the 2 interactions of test: .* is OPTIMISTIC\.$/);
  }));

Deno.test("data are called as the study of which a folder is calls them", () =>
  inFolder(async (folder) => {
    const table = {
      data: "train",
      selectedOn: "valid",
      selectBy: "ndcg@20",
      seeds: [0],
      metrics: [],
      notes: [],
      rows: [],
    };
    for (const name of ["one", "other"]) {
      await Deno.mkdir(`${folder}/${name}`);
      await Deno.writeTextFile(`${folder}/${name}/compare.json`, JSON.stringify(table));
    }
    const parts = [{ label: "ours", folder: "one" }, { label: "theirs", folder: "other" }];
    await Deno.writeTextFile(`${folder}/study.json`, JSON.stringify({ parts }));
    const names = async (from: string) => (await readFolders([from])).map(({ data, title }) => [data, title]);
    assert.deepEqual(await names(folder), [["ours", "ours"], ["theirs", "theirs"]]);
    assert.deepEqual(await names(`${folder}/other/`), [["theirs", "theirs"]]);
  }));

Deno.test("a folder of nothing, a damaged log and a damaged study are told in a sentence", () =>
  inFolder(async (folder) => {
    const refused = async (path: string, why: RegExp) => {
      const { code, said } = await quietly(["report", path]);
      assert.equal(code, 1);
      assert.match(said, why);
      assert(!said.includes("\n    at "), said);
    };
    await refused(`${folder}/none`, /Cannot report on ".*none": there is no such folder/);
    await refused(folder, /expected what train writes \(log.jsonl\) or compare \(compare.json\), .* found neither/);
    await Deno.writeTextFile(`${folder}/file`, "");
    await refused(`${folder}/file`, /it is no folder/);
    await Deno.mkdir(`${folder}/run`);
    const line = '{"epoch":0,"loss":1,"seconds":{}}\n';
    await Deno.writeTextFile(`${folder}/run/log.jsonl`, `${line}{"epo`);
    await refused(`${folder}/run`, /log.jsonl", line 2: expected a JSON object, found "\{\\"epo"/);
    await Deno.writeTextFile(`${folder}/run/log.jsonl`, `${line}{"epoch":1}`);
    await refused(`${folder}/run`, /log.jsonl", line 2: expected an epoch's "epoch", "loss" and "seconds"/);
    await Deno.mkdir(`${folder}/study`);
    await Deno.writeTextFile(`${folder}/study/compare.json`, "{}");
    await refused(`${folder}/study`, /compare.json": expected "rows" and "metrics"/);
    await Deno.writeTextFile(`${folder}/published.yaml`, "small: { metrics: { ndcg@20: { rns: much } } }");
    await Deno.writeTextFile(`${folder}/run/log.jsonl`, line);
    const { code, said } = await quietly(["report", `${folder}/run`, "--published", `${folder}/published.yaml`]);
    assert.equal(code, 1);
    assert.match(said, /expected "small" to have a "source" and "metrics"/);
  }));

Deno.test("what was published of other data or methods than a report is of is named", () => {
  const published = (names: readonly string[], methods: Readonly<Record<string, number>>) =>
    Object.fromEntries(names.map((name) => [name, { source: "them", metrics: { "ndcg@20": methods } }]));
  const studies = [{ data: "small", methods: [{ label: "rns" }, { label: "dns" }] }];
  assert.deepEqual(unmatched({}, studies), []);
  assert.deepEqual(unmatched(published(["small", "large"], { rns: 0.1 }), studies), []);
  assert.deepEqual(unmatched(published(["smal", "large"], { rns: 0.1 }), studies), [
    '  not shown: what was published, of "smal", "large": the data here are "small"',
  ]);
  assert.deepEqual(unmatched(published(["small"], { rns: 0.1, rnsx: 0.2 }), studies), [
    '  not shown: what was published of "rnsx" on "small": no method here is called so',
  ]);
});
