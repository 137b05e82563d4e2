import assert from "node:assert/strict";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { quietly } from "./small_run.ts";

/** Four users met `a`, the most popular item, then `b`, then `c`: by popularity `b` comes before `c` where it is listed. */
const PARTS = {
  train: ["u0,a", "u1,a", "u2,a", "u3,a", "x,b", "y,b", "z,c"],
  valid: ["u0,b", "u1,b", "u2,b", "u3,b"],
  test: ["u0,c", "u1,c", "u2,c", "u3,c"],
};
const MASKS = { seen: [1, 1, 1], train: [0, 1, 1], none: [0, 0, 1] } as const;
const POPULAR = "most popular";

Deno.test("on test what was held out to select by is left out, or with --mask train a miss of the lists", () =>
  inFolder(async (folder) => {
    for (const [name, rows] of Object.entries(PARTS)) {
      await Deno.writeTextFile(`${folder}/${name}.csv`, ["user,item", ...rows, ""].join("\n"));
    }
    const parts = Object.keys(PARTS).flatMap((
      name,
    ) => [name === "train" ? "--data" : `--${name}`, `${folder}/${name}.csv`]);
    const quick = ["--metrics", "hit@1,hit@2,hit@3", "--epochs", "1", "--provider", "wasm"];
    const readJson = async (path: string) => JSON.parse(await Deno.readTextFile(path));
    const hits = (of: Record<string, number>) => [1, 2, 3].map((k) => of[`hit@${k}`]);
    for (const [mask, wanted] of Object.entries(MASKS)) {
      const out = `${folder}/${mask}`, flags = [...parts, ...quick, "--select-by", "hit@1", "--mask", mask];
      const { code, said } = await quietly(["train", ...flags, "--backbone", "mf:dim=2", "--out", out]);
      assert.equal(code, 0, said);
      const { mask: told, references, test } = await readJson(`${out}/metrics.json`);
      assert.deepEqual([told, hits(references[POPULAR])], [mask, wanted]);
      const compared = await quietly([
        "compare",
        ...flags,
        "--samplers",
        "rns",
        "--seeds",
        "1",
        "--out",
        `${out}-study`,
      ]);
      assert.equal(compared.code, 0, compared.said);
      const { rows, notes } = await readJson(`${out}-study/compare.json`);
      const popular = rows.find(({ label }: { label: string }) => label === POPULAR).cells;
      assert.deepEqual([1, 2, 3].map((k) => popular[`hit@${k}`].mean), wanted);
      const ranked = {
        seen: "in training and validation",
        train: "in training",
        none: "has met: history is not masked",
      };
      assert(notes.some((note: string) => note.endsWith(`${ranked[mask as keyof typeof MASKS]}.`)), notes.join("\n"));
      if (mask !== "train") continue;
      // a run says how it was ranked, and a flag may say otherwise
      const evaluate = async (...flags: readonly string[]) => {
        const { stdout } = await foil([
          "evaluate",
          "--run",
          out,
          "--json",
          "--metrics",
          "hit",
          "--at",
          "1,2,3",
          ...flags,
        ], folder);
        return jsonLines(stdout)[0];
      };
      const { test: again, references: beside } = await evaluate();
      assert.deepEqual([hits(again), hits(beside[POPULAR])], [hits(test), wanted]);
      assert.deepEqual(hits((await evaluate("--mask", "seen")).references[POPULAR]), MASKS.seen);
    }
  }));

/** `b` and `c` were met as often as each other; each is held out of half of the users. */
const TIED = {
  train: ["u0,a", "u1,a", "u2,a", "u3,a", "x,b", "y,b", "x,c", "y,c"],
  test: ["u0,b", "u1,b", "u2,c", "u3,c"],
};
const ORDERS = { "by-id": 0.5, optimistic: 1, pessimistic: 0 } as const;

Deno.test("--ties says where held-out items stand among items of the same score, and train, evaluate and compare say so", () =>
  inFolder(async (folder) => {
    for (const [name, rows] of Object.entries(TIED)) {
      await Deno.writeTextFile(`${folder}/${name}.csv`, ["user,item", ...rows, ""].join("\n"));
    }
    const flags = ["--data", `${folder}/train.csv`, "--test", `${folder}/test.csv`, "--metrics", "hit@1"];
    flags.push("--select", "last", "--epochs", "1", "--provider", "wasm");
    const readJson = async (path: string) => JSON.parse(await Deno.readTextFile(path));
    for (const [ties, wanted] of Object.entries(ORDERS)) {
      const out = `${folder}/${ties}`, asked = ties === "by-id" ? [] : ["--ties", ties];
      const { code, said } = await quietly(["train", ...flags, ...asked, "--backbone", "mf:dim=2", "--out", out]);
      assert.equal(code, 0, said);
      const { ties: told, references } = await readJson(`${out}/metrics.json`);
      assert.deepEqual([told, references[POPULAR]["hit@1"]], [asked[1], wanted]);
    }
    const compared = async (...asked: readonly string[]) => {
      const study = `${folder}/study${asked.length}`, few = ["--samplers", "rns", "--seeds", "1", "--out", study];
      const { code, said } = await quietly(["compare", ...flags, ...asked, ...few]);
      assert.equal(code, 0, said);
      const { rows, notes, ties } = await readJson(`${study}/compare.json`);
      const found = rows.find(({ label }: { label: string }) => label === POPULAR).cells["hit@1"].mean;
      return [ties, found, notes.some((note: string) => note.startsWith("Ties: "))];
    };
    assert.deepEqual(await compared(), [undefined, ORDERS["by-id"], false]);
    assert.deepEqual(await compared("--ties", "optimistic"), ["optimistic", ORDERS.optimistic, true]);
    // a run says how it was ranked, and a flag may say otherwise
    const evaluated = async (...more: readonly string[]) => {
      const { stdout } = await foil(["evaluate", "--run", "pessimistic", "--metrics", "hit@1", ...more], folder);
      return stdout;
    };
    const valueOf = (stdout: string) => jsonLines(stdout)[0].references[POPULAR]["hit@1"];
    assert.equal(valueOf(await evaluated("--json")), ORDERS.pessimistic);
    assert.equal(valueOf(await evaluated("--json", "--ties", "by-id")), ORDERS["by-id"]);
    assert.match(await evaluated(), /\(pessimistic\)/);
    assert.doesNotMatch(await evaluated("--ties", "by-id"), /ties|of the same score/);
  }));

Deno.test("that validation stays in the lists is said of --mask train, but not once it was trained on, nor of a later log", () =>
  inFolder(async (folder) => {
    for (const [name, rows] of Object.entries(PARTS)) {
      await Deno.writeTextFile(`${folder}/${name}.csv`, ["user,item", ...rows, ""].join("\n"));
    }
    const parts = ["--data", "train.csv", "--valid", "valid.csv", "--test", "test.csv", "--mask", "train"];
    const ranked = ["--metrics", "hit", "--at", "1", "--provider", "wasm"];
    const quick = ["--backbone", "mf:dim=2", "--epochs", "1", "--select-by", "hit@1", "--out", "run"];
    const said = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await foil([...args, ...ranked], folder);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /hit@1/);
      return /held out to select by is not masked/.test(stdout);
    };
    assert(await said("train", ...parts, ...quick));
    assert(!await said("evaluate", "--run", "run", "--on", "test.csv"));
    assert(!await said("train", ...parts, ...quick, "--refit"));
    assert(!await said("evaluate", "--run", "run"));
  }));
