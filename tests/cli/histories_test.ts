import assert from "node:assert/strict";
import { openModel } from "../../runtime/model.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";

/** Everybody goes round the alphabet, from one letter or another: what comes next is known. */
const LETTERS = "abcdefghijklmnop";
const rounds = Array.from(
  { length: 64 },
  (_, user) =>
    Array.from({ length: 5 + Math.floor(user / 16) }, (_, time) => LETTERS[(user * 5 + time) % LETTERS.length]).join(
      " ",
    ),
).join("\n");
const next = (letter: string) => LETTERS[(LETTERS.indexOf(letter) + 1) % LETTERS.length]!;

for (const backbone of ["sasrec:dim=16,dropout=0", "gru4rec:dim=16,hidden=16,dropout=0"]) {
  Deno.test(`${backbone} learns what comes next, recommends it, and is exported as what it is asked with`, () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/log.txt`, rounds);
      const options = ["--data", "log.txt", "--format", "sequences", "--provider", "wasm"];
      const trained = await foil([
        ...["train", ...options, "--backbone", backbone, "--sampler", "rns:negatives=4", "--loss", "bce"],
        ...["--optimizer", "adam:lr=0.02", "--batch-size", "64", "--epochs", "40", "--l2", "0", "--metrics", "hit"],
        ...["--at", "1", "--select-by", "hit@1", "--json", "--out", "run"],
      ], folder);
      assert.equal(trained.code, 0, trained.stderr);
      assert.match(trained.stderr, /each user's last to test, the one before to select by/);
      const test = jsonLines(trained.stdout).find(({ event }) => event === "test");
      assert(test.test["hit@1"] > 0.9, JSON.stringify(test));

      const lines = rounds.split("\n").map((line) => line.split(" "));
      const asked = await foil(["recommend", "--run", "run", "--users", "1,23,62", "--top", "2", "--json"], folder);
      assert.equal(asked.code, 0, asked.stderr);
      const own = [1, 23, 62].map((user) => lines[user - 1]!);
      // what was held out is not known to the model: the letter before it is the last one
      const wanted = own.map((letters) => next(letters.at(-3)!));
      const found = jsonLines(asked.stdout);
      assert.deepEqual(found.map(({ items }) => items[0].item), wanted);
      found.forEach(({ items }, at) => {
        for (const { item } of items) assert(!own[at]!.slice(0, -2).includes(item));
      });

      const ids = JSON.parse(await Deno.readTextFile(`${folder}/run/ids.json`)).items as string[];
      const file = await openModel(await Deno.readFile(`${folder}/run/recommender.onnx`));
      const history = new BigInt64Array(6).fill(-1n); // as long as the longest that train has: 8 less two
      ["f", "g", "h"].forEach((letter, at) => history[at] = BigInt(ids.indexOf(letter)));
      const { items } = await file.run({ history: { dtype: "int64", shape: [1, 6], data: history } });
      assert.equal(ids[Number(items!.data[0])], "i");
      await file.dispose();

      const evaluated = await foil(["evaluate", "--run", "run", "--metrics", "hit", "--at", "1", "--json"], folder);
      assert.equal(evaluated.code, 0, evaluated.stderr);
      assert.match(evaluated.stdout, new RegExp(`"hit@1":${test.test["hit@1"]}`));
    }));
}

Deno.test("a batch that is too small for the histories is refused by name", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.txt`, rounds);
    const { code, stderr } = await foil([
      ...["train", "--data", "log.txt", "--format", "sequences", "--backbone", "sasrec", "--batch-size", "3"],
      ...["--epochs", "1", "--provider", "wasm", "--out", "run"],
    ], folder);
    assert.notEqual(code, 0);
    assert.match(stderr, /histories of up to 5 items, which train together, with "batchSize" 3: it must be at least 5/);
  }));
