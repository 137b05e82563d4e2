import assert from "node:assert/strict";
import { readModel } from "../../cli/run_folder.ts";
import { foil, foilProcess, inFolder } from "./foil.ts";
import { quietly } from "./small_run.ts";

const QUICK = ["train", "--backbone", "mf:dim=8", "--optimizer", "adam:lr=0.02", "--provider", "wasm"];

/** A log in three files whose ids are numbers of rows, so that they are the same however it is parted. */
async function writeParts(folder: string): Promise<void> {
  const rows = (from: number, to: number) =>
    Array.from({ length: 40 }, (_, user) => user).flatMap((user) =>
      Array.from({ length: to - from }, (_, at) => `${user}\t${(user * 7 + (from + at) ** 2) % 60}\n`)
    ).join("");
  const train = rows(0, 6), valid = rows(6, 7);
  for (const [name, text] of Object.entries({ train, valid, both: train + valid, test: rows(7, 8) })) {
    await Deno.writeTextFile(`${folder}/${name}.tsv`, text);
  }
}
const weights = (folder: string, run: string) => Deno.readFile(`${folder}/${run}/weights.safetensors`);

Deno.test("--refit trains anew, for the epochs that validation picked, on validation as well", () =>
  inFolder(async (folder) => {
    await writeParts(folder);
    const args = [...QUICK, "--ids", "rows", "--test", "test.tsv", "--evaluate-every", "1"];
    const picked = await foil(
      [...args, "--data", "train.tsv", "--valid", "valid.tsv", "--epochs", "8", "--refit", "--out", "picked"],
      folder,
    );
    assert.equal(picked.code, 0, picked.stderr);
    const { best, test } = JSON.parse(await Deno.readTextFile(`${folder}/picked/metrics.json`));
    const byHand = [...args, "--data", "both.tsv", "--select", "last", "--epochs", `${best.epoch + 1}`];
    const { code, stderr } = await foil([...byHand, "--out", "both", "--sampler", "dns"], folder);
    assert.equal(code, 0, stderr);
    const whole = JSON.parse(await Deno.readTextFile(`${folder}/both/metrics.json`));
    assert.deepEqual(test, whole.test);
    const variables = async (run: string) => (await readModel(`${folder}/${run}`)).weights;
    assert.deepEqual(await variables("picked"), await variables("both"));
    const name = (run: string) => Deno.readTextFile(`${folder}/${run}/log.jsonl`);
    assert.equal((await name("picked")).trim().split("\n").length, 8, "the log is of what picked the epoch");
    assert.equal((await name("picked/refit")).trim().split("\n").length, best.epoch + 1);

    const evaluated = await foil(["evaluate", "--run", "picked", "--json", "--provider", "wasm"], folder);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    assert.equal(JSON.parse(evaluated.stdout).test["ndcg@20"], test["ndcg@20"]);
  }));

Deno.test("--refit that is stopped in its second training goes on to the same bytes, and so it does when it has finished", () =>
  inFolder(async (folder) => {
    const args = [...QUICK, "--batch-size", "128", "--epochs", "2", "--evaluate-every", "1", "--refit"];
    const whole = await foil([...args, "--out", "whole"], folder);
    assert.equal(whole.code, 0, whole.stderr);
    const child = foilProcess([...args, "--out", "parts"], folder), reader = child.stderr.getReader();
    let heard = "";
    while (!heard.includes("trains anew")) {
      const { value, done } = await reader.read();
      assert(!done, `the run ended before it could be stopped: ${heard}`);
      heard += new TextDecoder().decode(value);
    }
    child.kill("SIGINT");
    const stdout = new Response(child.stdout).text();
    while (!(await reader.read()).done) { /* until the process closes it */ }
    await stdout;
    assert.equal((await child.status).code, 130, heard);
    for (const _ of ["stopped", "finished"]) {
      const resumed = await foil([...args, "--out", "parts", "--resume"], folder);
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.deepEqual(await weights(folder, "parts"), await weights(folder, "whole"));
    }
  }));

Deno.test("a run in a folder that has one leaves it as it is until its own model is there, and then nothing of it", () =>
  inFolder(async (folder) => {
    const args = [...QUICK, "--batch-size", "128", "--out", "run"], log = `${folder}/log.tsv`;
    const rows = Array.from({ length: 60 }, (_, at) => `user${at % 12}\titem${(at * at) % 17}\n`);
    const written = (rows: readonly string[]) => Deno.writeTextFile(log, rows.join(""));
    const lists = async () => (await foil(["recommend", "--run", "run", "--users", "user3"], folder)).stdout;
    await written(rows);
    assert.equal((await foil([...args, "--data", log, "--epochs", "2", "--refit"], folder)).code, 0);
    const before = await lists();
    await written(rows.toReversed()); // other numbers for the same ids
    const child = foilProcess([...args, "--data", log, "--epochs", "100000", "--evaluate-every", "50000"], folder);
    const said = new Response(child.stderr).text(), reader = child.stdout.getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    assert.match(first, /^epoch 0/);
    child.kill("SIGINT");
    while (!(await reader.read()).done) { /* until the process closes it */ }
    assert.equal((await child.status).code, 130, await said);
    assert.equal(await lists(), before);

    const anew = await foil([...args, "--data", log, "--epochs", "2"], folder);
    assert.equal(anew.code, 0, anew.stderr);
    assert.notEqual(await lists(), before);
    await assert.rejects(Deno.stat(`${folder}/run/refit`), Deno.errors.NotFound);

    const { users, ...others } = JSON.parse(await Deno.readTextFile(`${folder}/run/ids.json`));
    await Deno.writeTextFile(`${folder}/run/ids.json`, JSON.stringify({ users: users.toReversed(), ...others }));
    const { code, stderr } = await foil(["recommend", "--run", "run", "--users", "user3"], folder);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot open run "run": its weights\.safetensors are of other ids than its ids\.json names/);
  }));

Deno.test("--refit takes what was held out to select by: there must be such", async () => {
  const { code, said } = await quietly([...QUICK, "--refit", "--select", "test"]);
  const why = "Cannot use --refit with --select test: only held-out interactions can be trained on as well";
  assert.deepEqual([code, said], [1, `error: ${why}`]);
});

Deno.test("a batch too small for histories with what was held out is said before the training that --refit comes after", () =>
  inFolder(async (folder) => {
    await writeParts(folder); // six of a user to train on and one to select by: histories of five, then of six
    const files = ["train", "valid", "test"].flatMap((part) => [
      part === "train" ? "--data" : `--${part}`,
      `${folder}/${part}.tsv`,
    ]);
    const quick = ["--backbone", "sasrec:dim=4", "--epochs", "1", "--provider", "wasm", "--refit"];
    const short = /histories of up to 6 items, which train together, with "batchSize" 5: it must be at least 6/;
    for (const sampler of ["rns", "auto"]) {
      const out = `${folder}/${sampler}`, args = ["train", ...files, ...quick, "--sampler", sampler, "--out", out];
      const { code, said } = await quietly([...args, "--batch-size", "5"]);
      assert.equal(code, 1);
      assert.match(said, short);
      await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
    }
    const study = ["compare", ...files, ...quick, "--samplers", "rns", "--seeds", "1", "--baselines", "none"];
    const compared = await quietly([...study, "--batch-size", "5", "--out", `${folder}/study`]);
    assert.equal(compared.code, 1);
    assert.match(await Deno.readTextFile(`${folder}/study/compare.md`), short);
    for await (const { name } of Deno.readDir(`${folder}/study`)) {
      assert.doesNotMatch(name, /rns/, "nothing was trained");
    }
    assert.equal((await quietly([...study, "--batch-size", "6", "--out", `${folder}/other`])).code, 0);
  }));
