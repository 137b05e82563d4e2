import assert from "node:assert/strict";
import { foil, inFolder, jsonLines } from "./foil.ts";

Deno.test("datasets synthesize, split and info work on each other's files", () =>
  inFolder(async (folder) => {
    const made = await foil([
      "datasets",
      "synthesize",
      "--users",
      "60",
      "--items",
      "90",
      "--most",
      "40",
      "--out",
      "made",
    ], folder);
    assert.equal(made.code, 0, made.stderr);
    const split = await foil(["datasets", "split", "--data", "made/train.txt", "--out", "parts"], folder);
    assert.equal(split.code, 0, split.stderr);
    const info = await foil(["datasets", "info", "--data", "parts", "--json"], folder);
    assert.equal(info.code, 0, info.stderr);
    const [found] = jsonLines(info.stdout),
      whole = jsonLines((await foil(["datasets", "info", "--data", "made", "--json"], folder)).stdout)[0];
    assert.equal(found.train.rows + found.valid.rows + found.test.rows, whole.train.rows);
  }));

Deno.test("list tells every method with its options, defaults and source", async () => {
  const { code, stdout } = await foil(["list", "--json"]);
  assert.equal(code, 0);
  const found = jsonLines(stdout);
  const ahns = found.find(({ name }) => name === "ahns");
  assert.match(ahns.citation, /AAAI 2024/);
  assert.equal(ahns.options.find(({ option }: { option: string }) => option === "beta").default, 0.1);
  assert.deepEqual([...new Set(found.map(({ kind }) => kind))], ["samplers", "backbones", "losses", "optimizers"]);
});

const ML = new URL("../../../shared/data/ml-100k/", import.meta.url).pathname;
const absent = await Deno.stat(ML).then(() => false, () => true);

Deno.test({
  name:
    "ml-100k from its .inter file trains by one command and recommends original ids with titles (needs ../shared/data)",
  ignore: absent,
  fn: () =>
    inFolder(async (folder) => {
      const trained = await foil(
        [
          "train",
          "--data",
          ML,
          "--min-rating",
          "4",
          "--epochs",
          "3",
          "--optimizer",
          "adam:lr=0.02",
          "--provider",
          "wasm",
          "--json",
          "--out",
          "run",
        ],
        folder,
      );
      assert.equal(trained.code, 0, trained.stderr);
      const { code, stdout, stderr } = await foil(
        ["recommend", "--run", "run", "--users", "196", "--top", "3"],
        folder,
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^user 196\n +1\. \d+ {2}[\d.-]+ {2}\S/);
    }),
});
