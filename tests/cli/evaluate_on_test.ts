import assert from "node:assert/strict";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { writeSmallRun } from "./small_run.ts";

const LATER = [
  "user,item",
  ...["ann,gin", "ann,tea", "dan,tea", "cat,beer", 'cat,"a ""cup"", blue"'],
].join("\n");
const FLAGS = ["--metrics", "mrr,recall", "--at", "4", "--provider", "wasm"];

Deno.test("a model is tested on what came after it: what it knows, by names, but what it was trained on", async () => {
  await inFolder(async (folder) => {
    await writeSmallRun(`${folder}/run`);
    await Deno.writeTextFile(`${folder}/later.csv`, LATER);
    const cut = ["--core", "2", "--sql", "select * from 'own.csv'"]; // how the run's own log was read
    const args = ["evaluate", "--run", "run", "--on", "later.csv", ...FLAGS, ...cut, "--json"];
    const done = await foil(args, folder);
    assert.equal(done.code, 0, done.stderr);
    const [on, { test }] = jsonLines(done.stdout);
    const left = { ofUnknownUsers: 1, ofUnknownItems: 1, trainedOn: 1 };
    assert.deepEqual(on, { event: "on", data: "later", interactions: 2, users: 2, ...left });
    // ann: gin, rum are left of hers, gin first; cat: gin 5, then tea, the cup and rum with 3 each
    assert.equal(test["mrr@4"], (1 + 1 / 3) / 2);
    assert.equal(test["recall@4"], 1);
    for (
      const line of ["2 interactions of 2 users", "1 interaction of users", "1 interaction of items", "trained on"]
    ) {
      assert.ok(done.stderr.includes(line), `"${line}" in ${done.stderr}`);
    }
    const unmasked = await foil([...args, "--mask", "none"], folder);
    const [, { test: all }] = jsonLines(unmasked.stdout);
    assert.equal(all["mrr@4"], (1 + 1 / 3) / 2); // ann: tea is first now, and held out
    assert.equal(jsonLines(unmasked.stdout)[0].trainedOn, 0);
  });
});

Deno.test("what cannot be tested on is told by its name", async () => {
  await inFolder(async (folder) => {
    await writeSmallRun(`${folder}/run`);
    await Deno.writeTextFile(`${folder}/later.csv`, "user,item\ndan,tea\n");
    await Deno.mkdir(`${folder}/parted`);
    for (const part of ["train", "test"]) await Deno.writeTextFile(`${folder}/parted/${part}.txt`, "0 0 1\n1 1\n");
    const told: readonly (readonly [string[], RegExp])[] = [
      [["--run", "run", "--on", "later.csv"], /on "later\.csv": nothing is left .*1 interaction of users that the run/],
      [["--run", "run", "--on", "parted"], /on "parted": expected one log, found one that is parted/],
      [["--run", "run", "--on", "none.csv"], /"none\.csv": no such file/],
      [["--on", "later.csv"], /--on .* without --run/],
    ];
    for (const [args, wanted] of told) {
      const { code, stderr } = await foil(["evaluate", ...args], folder);
      assert.equal(code, 1);
      assert.match(stderr, wanted);
    }
  });
});
