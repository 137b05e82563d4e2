import assert from "node:assert/strict";
import { runTrialCommand, trialOptions } from "../../../cli/studies/trial.ts";
import { claim } from "../../../cli/study_claim.ts";
import { resolve } from "../../../options/option.ts";
import { fullAfterFirst, stoppedWhen } from "../stopped_when.ts";
import { told, trialsIn, withSmallStudy } from "./small_study.ts";

/** What a command under `study` told; it must have ended well. */
const study = async (...args: string[]) => {
  const { code, lines, error } = await told("study", ...args);
  assert.equal(code, 0, error);
  return lines;
};
const eventsOf = (lines: Awaited<ReturnType<typeof study>>, ...events: string[]) =>
  lines.filter(({ event }) => events.includes(event));
const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
const until = async (holds: () => Promise<boolean>) => {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 10));
};

Deno.test("trials run by their numbers, one by one in any order, and gathered are those of a run on two threads", () =>
  withSmallStudy(async ({ folder, write }) => {
    const file = await write(), alone = `${folder}/alone`;
    const [table] = eventsOf(await study("run", file, "--jobs", "2"), "table");
    for (const index of [4, 2, 0, 3, 1]) await study("trial", file, "--index", `${index}`, "--out", alone);
    const [gathered] = eventsOf(await study("gather", file, "--out", alone), "table");
    for (const part of ["one", "other"]) {
      assert.deepEqual(await trialsIn(`${alone}/${part}/trials`), await trialsIn(`${folder}/runs/${part}/trials`));
    }
    // deno-lint-ignore no-explicit-any -- a test reads what it wrote
    const cells = ({ parts }: any) => parts.map(({ rows }: any) => rows.map(({ label, cells }: any) => [label, cells]));
    assert.deepEqual(cells(gathered), cells(table));
    for (const name of ["ids.json", "tested.safetensors"]) {
      assert((await Deno.stat(`${alone}/one/${name}`)).isFile, `${name}, which a report reads lists beside`);
    }

    const [one, other] = table.parts;
    assert.deepEqual([one.label, one.seeds, other.label, other.seeds], ["one", [0, 1], "other", [5]]);
    const { values, mean, against } = one.rows[1].cells["ndcg@20"];
    assert.equal(mean, (values[0] + values[1]) / 2);
    assert.deepEqual([one.rows[1].reference, against.overSeeds.n, other.rows[0].reference], ["rns", 2, null]);
    const text = await Deno.readTextFile(`${folder}/runs/study.md`);
    assert.match(text, /^\| data +\| method +\| ndcg@20 +\| vs\. rns +\| p \(seeds\) \| p \(users\) \|/);
    assert.match(text, /\n\| other +\| rns +\| \*\*0\.\d{4}\*\* +\| – /);
    assert.match(text, /corrected by Holm for 1 comparison;/);
    const compare = JSON.parse(await Deno.readTextFile(`${folder}/runs/one/compare.json`));
    assert.deepEqual(compare.rows, one.rows, "the folder of a dataset is that of a `compare`");
  }));

Deno.test("a study runs only what is missing, also of what `compare` has done in the folder of its data", () =>
  withSmallStudy(async ({ folder, write }) => {
    const file = await write({ data: `${folder}/one`, seeds: 1, epochs: 1 }), out = `${folder}/runs`;
    const { data: _data, out: _out, ...same } = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(`${folder}/compare.yaml`, JSON.stringify({ ...same, samplers: "plain=rns" }));
    const given = ["--config", `${folder}/compare.yaml`, "--data", `${folder}/one`, "--out", `${out}/one`];
    assert.equal((await told("compare", ...given)).code, 0);
    // deno-lint-ignore no-explicit-any -- a test reads what it wrote
    const states = async () => (await study("plan", file)).map(({ label, state }: any) => [label, state]);
    assert.deepEqual(await states(), [["rns", "done"], ["dns:pool=4", "to do"]]);
    const plan = await study("plan", file, "--commands");
    assert.deepEqual(plan.map(({ index }) => index), [1]);
    assert.match(plan[0].command, new RegExp(`^deno run -A \\S+/cli.ts study trial ${file} --index 1$`));

    // deno-lint-ignore no-explicit-any -- as above
    const skipped = (lines: any[]) => eventsOf(lines, "trial").map(({ label, skipped }) => [label, skipped]);
    assert.deepEqual(skipped(await study("run", file)), [["rns", true], ["dns:pool=4", false]]);
    assert.deepEqual(skipped(await study("trial", file, "--index", "1")), [["dns:pool=4", true]]);
    assert.deepEqual(await states(), [["rns", "done"], ["dns:pool=4", "done"]]);
    assert.deepEqual(await study("run", `${out}/config.yaml`).then(skipped), [["rns", true], ["dns:pool=4", true]]);
  }));

Deno.test("a trial that fails is told by run, trial, status and gather, and is tried again", () =>
  withSmallStudy(async ({ folder, write }) => {
    const file = await write({ data: `${folder}/one`, samplers: "rns,sbpr", seeds: 1, epochs: 1 }); // sbpr needs friends
    const run = await told("study", "run", file);
    assert.deepEqual([run.code, eventsOf(run.lines, "failed").map(({ label }) => label)], [1, ["sbpr"]]);
    const [, failed, sum] = await study("status", file);
    assert.deepEqual([failed.state, sum], ["failed", { event: "sum", trials: 2, done: 1, failed: 1 }]);
    assert.match(failed.note, /friends/);
    const gathered = await told("study", "gather", file);
    assert.equal(gathered.code, 1);
    assert.match(gathered.lines[0].parts[0].rows[1].failed[0].error, /friends/);
    const again = await told("study", "trial", file, "--index", "1");
    assert.equal(again.code, 1);
    assert.match(again.error, /^error: .*friends/);
  }));

Deno.test("a disk that is full in a thread ends the study: no trial has failed", () =>
  withSmallStudy(async ({ folder, write }) => {
    const file = await write({ data: `${folder}/one`, samplers: "rns", seeds: 1, epochs: 1 });
    const [{ folder: trial }] = await study("plan", file);
    await Deno.mkdir(trial, { recursive: true });
    await Deno.symlink("/dev/full", `${trial}/log.jsonl.tmp`);
    const { code, lines, error } = await told("study", "run", file, "--jobs", "2");
    assert.deepEqual([code, eventsOf(lines, "failed")], [1, []]);
    assert.match(error, /^error: Cannot write ".*log.jsonl": the disk is full$/);
  }));

Deno.test("a trial that is stopped and cannot keep its checkpoint says so", () =>
  withSmallStudy(async ({ folder, write }) => {
    const file = await write({ epochs: 200, patience: 200 }), trials = `${folder}/runs/one/trials`;
    const isFull = () => fullAfterFirst(`${trials}/${[...Deno.readDirSync(trials)][0]!.name}`);
    const values = resolve("study trial", trialOptions, { index: 0, quiet: true });
    await assert.rejects(stoppedWhen(isFull, (signal) => runTrialCommand(file, values, signal)), /: the disk is full$/);
  }));

Deno.test("a trial that another process is at is left to it, until that has ended", () =>
  withSmallStudy(async ({ folder, write }) => {
    const file = await write({ data: `${folder}/one`, seeds: 1, epochs: 1 });
    const [first, second] = await study("plan", file);
    await Deno.mkdir(first.folder, { recursive: true });
    const other = (await claim(first.folder))!;
    assert.equal(await claim(first.folder), undefined);
    assert.deepEqual((await study("status", file)).map(({ state }) => state), ["running", "to do", undefined]);
    const run = study("run", file);
    await until(() => exists(`${second.folder}/metrics.json`));
    assert.equal(await exists(`${first.folder}/metrics.json`), false);
    other.release();
    assert.deepEqual(eventsOf(await run, "trial").map(({ label }) => label), ["dns:pool=4", "rns"]);
  }));

Deno.test("what is wrong is told in a line", () =>
  withSmallStudy(async ({ folder, write }) => {
    const file = await write();
    const cases: [string[], RegExp][] = [
      [["trial", file], /--index says which, as `study plan` lists them/],
      [["trial", file, "--index", "5"], /Cannot run trial 5: the study has trials 0 to 4/],
      [["trial", file, "--index", "-1"], /option "index" takes a whole number of at least 0/],
      [["run", `${folder}/none.yaml`], /Cannot read the study ".*none.yaml": there is no such file/],
      [["submit", file], /Cannot use a queue: --redis says on which server/],
      [["worker", "--redis", `${folder}/no.sock`], /Cannot reach Redis at .*no.sock: /],
      [
        ["worker", "--redis", "redis://:secret@127.0.0.1:1"],
        /Cannot reach Redis at redis:\/\/127.0.0.1:1: connect ECONNREFUSED/,
      ],
      [["worker", "--redis", "redis://x", "--queue", "a:b"], /a name has letters, digits, dots and dashes/],
    ];
    for (const [args, message] of cases) {
      const { code, error } = await told("study", ...args);
      assert.equal(code, 1);
      assert.match(error, message);
      assert.doesNotMatch(error, /secret|\n/);
    }
  }));
