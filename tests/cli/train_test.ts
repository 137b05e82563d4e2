import assert from "node:assert/strict";
import { claim } from "../../cli/study_claim.ts";
import { foil, foilProcess, inFolder, jsonLines } from "./foil.ts";
import { openModel } from "../../runtime/model.ts";
import { quietly } from "./small_run.ts";

const QUICK = ["--backbone", "mf:dim=8", "--optimizer", "adam:lr=0.02", "--provider", "wasm"];

Deno.test("train without data learns the embedded dataset, and its folder holds all it takes to use the result", () =>
  inFolder(async (folder) => {
    const { code, stdout, stderr } = await foil(["train", ...QUICK, "--epochs", "6", "--json", "--out", "run"], folder);
    assert.equal(code, 0, stderr);
    const lines = jsonLines(stdout), test = lines.find((line) => line.event === "test");
    assert.equal(lines.filter((line) => line.event === "epoch").length, 6);
    assert.equal(test.selectedOn, "valid");
    assert(test.test["ndcg@20"] > 1.2 * test.references["most popular"]["ndcg@20"]);
    assert(test.test["ndcg@20"] < test.references["best possible"]["ndcg@20"]);
    const files = [...Deno.readDirSync(`${folder}/run`)].map(({ name }) => name).sort();
    assert.deepEqual(files, [
      "checkpoint.safetensors",
      "config.yaml",
      "ids.json",
      "lists.safetensors",
      "log.jsonl",
      "metrics.json",
      "recommender.onnx",
      "tested.safetensors",
      "weights.safetensors",
    ]);
    assert.equal(jsonLines(await Deno.readTextFile(`${folder}/run/log.jsonl`)).length, 6);

    const recommended = await foil(["recommend", "--run", "run", "--users", "3,7", "--top", "5", "--json"], folder);
    assert.equal(recommended.code, 0, recommended.stderr);
    const [first] = jsonLines(recommended.stdout);
    assert.deepEqual([first.user, first.items.length], ["3", 5]);

    const model = await openModel(await Deno.readFile(`${folder}/run/recommender.onnx`));
    const { items, scores } = await model.run({ users: { dtype: "int64", shape: [1], data: BigInt64Array.of(3n) } });
    assert.deepEqual([...items!.data].slice(0, 5).map(String), first.items.map(({ item }: { item: string }) => item));
    assert(Math.abs(Number(scores!.data[0]) - first.items[0].score) < 1e-6);
    await model.dispose();

    const evaluated = await foil(["evaluate", "--run", "run", "--json", "--provider", "wasm"], folder);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    assert.equal(jsonLines(evaluated.stdout)[0].test["ndcg@20"], test.test["ndcg@20"]);
  }));

Deno.test("Ctrl-C leaves a checkpoint, and --resume ends with the same bytes as a run that never stopped", () =>
  inFolder(async (folder) => {
    const args = ["train", ...QUICK, "--batch-size", "256", "--json"], end = ["--epochs", "12"];
    const whole = await foil([...args, ...end, "--out", "whole"], folder);
    assert.equal(whole.code, 0, whole.stderr);

    // more epochs than it can make before it is told to stop, however busy the machine
    const child = foilProcess([...args, "--epochs", "1000", "--out", "parts"], folder),
      reader = child.stdout.getReader();
    let heard = "";
    while (!heard.includes('"epoch":1')) {
      const { value, done } = await reader.read();
      assert(!done, "the run ended before it could be stopped");
      heard += new TextDecoder().decode(value);
    }
    child.kill("SIGINT");
    const drained = (async () => {
      while (!(await reader.read()).done) { /* until the process closes it */ }
    })();
    const stderr = await new Response(child.stderr).text();
    await drained;
    assert.equal((await child.status).code, 130, stderr);
    assert.match(stderr, /go on with: the same command and --resume --out parts/);

    const resumed = await foil([...args, ...end, "--out", "parts", "--resume"], folder);
    assert.equal(resumed.code, 0, resumed.stderr);
    for (const file of ["weights.safetensors", "recommender.onnx"]) {
      assert.deepEqual(
        await Deno.readFile(`${folder}/parts/${file}`),
        await Deno.readFile(`${folder}/whole/${file}`),
        file,
      );
    }
  }));

Deno.test("a checkpoint of other options, data or side information is not resumed, and what is another is named", () =>
  inFolder(async (folder) => {
    const write = (name: string, rows: readonly string[]) => Deno.writeTextFile(`${folder}/${name}`, rows.join("\n"));
    const met = ["user,item", ..."abcd".split("").flatMap((user, n) => [1, 2, 3, 4, 5].map((k) => `${user},${k + n}`))];
    await write("log.csv", met);
    await write("test.csv", ["user,item", "a,6", "b,1"]);
    await write("friends.csv", ["user,friend", "a,b"]);
    const at = (name: string) => `${folder}/${name}`, log = ["--data", at("log.csv"), "--test", at("test.csv")];
    const args = ["train", ...QUICK, ...log, "--friends", at("friends.csv"), "--sampler", "sbpr", "--epochs", "1"];
    const resumed = (...given: readonly string[]) => quietly([...args, ...given, "--out", at("run"), "--resume"]);
    const refused = async (given: readonly string[], what: string) => {
      const { code, said } = await resumed(...given),
        how = "Give what it was made with, or start anew without --resume";
      assert.deepEqual([code, said], [1, `error: Cannot resume "${at("run")}" from its checkpoint: ${what}. ${how}`]);
    };
    assert.match((await resumed()).said, /Cannot resume ".*\/run": there is no such folder/);
    assert.equal((await quietly([...args, "--out", at("run")])).code, 0);
    assert.equal((await resumed()).code, 0);

    await refused(["--l2", "0.5"], "--l2 is 0.5, was 0.0001");
    await refused(["--sampler", "dns:pool=4"], "--sampler is dns:pool=4,negatives=1, was sbpr:coefficient=friends");
    await write("friends.csv", ["user,friend", "a,c"]);
    await refused([], `friends ("${at("friends.csv")}") is not what it was`);
    await write("friends.csv", ["user,friend", "a,b"]);
    await write("test.csv", ["user,item", "a,6", "b,7"]);
    const test = `test ("${at("test.csv")}") has 2 interactions of 4 users and 8 items`;
    await refused([], `${test}, as many as it had, but others`);
    await write("test.csv", ["user,item", "a,6", "b,1"]);
    await write("log.csv", [...met, "a,8"]);
    const [train, valid] = ["train", "valid"].map((part) => `${part} ("${at("log.csv")}") has`),
      of = "of 4 users and 8 items";
    const moved = `${train} 20 interactions ${of}, had 17 ${of}; ${valid} 1 interactions ${of}, had 3 ${of}`;
    await refused(["--split-seed", "1"], `${moved}; --split-seed is 1, was 0`);

    await write("log.csv", met);
    await write("elsewhere.csv", met);
    assert.equal((await resumed("--data", at("elsewhere.csv"))).code, 0, "the same data, moved, are the same");
  }));

Deno.test("options come from a YAML file and flags override them", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/run.yaml`,
      "epochs: 9\nsampler: { name: ahns, pool: 4, p: -1 }\nbackbone: mf:dim=4\nprovider: wasm\nout: there\n",
    );
    const { code, stdout, stderr } = await foil(["train", "--config", "run.yaml", "--epochs", "1", "--json"], folder);
    assert.equal(code, 0, stderr);
    assert.equal(jsonLines(stdout).filter((line) => line.event === "epoch").length, 1);
    const saved = await Deno.readTextFile(`${folder}/there/config.yaml`);
    assert.match(saved, /^sampler: ahns:pool=4,p=-1$/m);
    assert.match(saved, /^epochs: 1$/m);
  }));

Deno.test("what is wrong on the command line is named, with what was expected, and nothing is left behind", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/bad.csv`, "user,item,rating\n1,2,good\n");
    await Deno.writeTextFile(`${folder}/bad.yaml`, "epochs: many\n");
    const cases: [string[], number, RegExp][] = [
      [["train", "--sampler", "dnss"], 1, /There is no sampler "dnss"; there are "rns", .*"dns", .*"ahns"/],
      [["train", "--sampler", "dns:pool=0"], 1, /"dns": option "pool" takes a whole number of at least 1, found "0"/],
      [["train", "--sampler", "dns:size=3"], 1, /it has no option "size"; it has "pool", "negatives"/],
      [["train", "--epochs", "x"], 1, /option "epochs" takes a whole number of at least 1, found "x"/],
      [["train", "--epoch", "3"], 2, /unknown option '--epoch'/],
      [["trian"], 2, /unknown command 'trian'/],
      [["train", "--data", "no/such"], 1, /"no\/such": no such file or folder/],
      [["train", "--data", "bad.csv"], 1, /bad\.csv.*2.*rating.*good/],
      [["train", "--config", "bad.yaml"], 1, /option "epochs" takes .* found "many" \(options come from "bad\.yaml"/],
      [["train", "--select-by", "auc@3"], 1, /There is no metric "auc@3"; metrics are recall/],
      [["recommend", "--run", "nowhere", "--users", "1"], 1, /there is no such folder/],
      [["recommend"], 1, /--run says which folder/],
      [["evaluate"], 1, /--run says which folder/],
      [["evaluate", "--model", "weights.csv"], 1, /--model expects an ONNX file, \*\.onnx; found "weights.csv"/],
      [["list", "dishes"], 1, /There is no list of "dishes"; there are samplers/],
    ];
    for (const [args, expected, message] of cases) {
      const { code, stderr } = await foil(args, folder);
      assert.equal(code, expected, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /, "no stack trace");
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["bad.csv", "bad.yaml"]);
  }));

Deno.test("a run is written to no folder whose files it would overwrite, and what it reads stays", () =>
  inFolder(async (folder) => {
    const log = Array.from({ length: 60 }, (_, at) => JSON.stringify({ user: at % 6, item: (7 * at) % 11 })).join("\n");
    await Deno.writeTextFile(`${folder}/log.jsonl`, log);
    const train = ["train", "--data", "log.jsonl", "--backbone", "mf:dim=2", "--epochs", "1", "--provider", "wasm"];
    for (
      const [out, message] of [[".", /"log\.jsonl", which it reads, would be overwritten/], [
        "",
        /--out is empty/,
      ]] as const
    ) {
      const { code, stderr } = await foil([...train, "--out", out], folder);
      assert.equal(code, 1);
      assert.match(stderr, message);
    }
    await Deno.mkdir(`${folder}/mine`);
    await Deno.writeTextFile(`${folder}/mine/metrics.json`, "{}");
    const { code, stderr } = await foil([...train, "--out", "mine"], folder);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot write a run to "mine": it is no run's, and its "metrics\.json" would be overwritten/);
    assert.equal(await Deno.readTextFile(`${folder}/log.jsonl`), log);

    await Deno.mkdir(`${folder}/run`);
    await Deno.mkdir(`${folder}/run/notes`);
    assert.equal((await foil([...train, "--refit", "--out", "run"], folder)).code, 0);
    await Deno.writeTextFile(`${folder}/run/refit/notes.txt`, "precious");
    assert.equal((await foil([...train, "--out", "run"], folder)).code, 0);
    const left = Array.from(Deno.readDirSync(`${folder}/run/refit`), ({ name }) => name);
    assert.deepEqual(left, ["notes.txt"]);
  }));

Deno.test("two processes do not train in one folder", () =>
  inFolder(async (folder) => {
    const args = ["train", "--epochs", "1", "--backbone", "mf:dim=8", "--provider", "wasm", "--out", "run"];
    const first = await claim(`${folder}/run`);
    const second = await foil(args, folder);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /Cannot train in "run": another process is at it/);
    await first!.drop();
    assert.deepEqual(Array.from(Deno.readDirSync(`${folder}/run`)), []);
    assert.equal((await foil(args, folder)).code, 0);
  }));
