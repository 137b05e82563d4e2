import assert from "node:assert/strict";
import { foil, inFolder } from "../cli/foil.ts";
import { SMALL_LOG } from "../cli/trained_run.ts";
import { neumf } from "../models/exported.ts";

/** Runs an example to its end and returns what it printed. */
async function example(name: string, ...args: readonly string[]): Promise<string> {
  const path = new URL(`../../examples/${name}.ts`, import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", path, ...args] })
    .output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The number that follows `label`. */
const numberAfter = (text: string, label: string) =>
  Number(text.slice(text.indexOf(label) + label.length).trim().split(/\s/)[0]);

Deno.test("examples/own_model.ts trains a file and writes it with new weights", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/model.onnx`, neumf({ users: 12, items: 18 }));
    await Deno.writeTextFile(`${folder}/clicks.csv`, SMALL_LOG);
    const [model, log, out] = ["model.onnx", "clicks.csv", "trained.onnx"].map((name) => `${folder}/${name}`);
    const printed = await example("own_model", model!, log!, out!);
    assert(numberAfter(printed, "NDCG@5 after:") > 1.3 * numberAfter(printed, "NDCG@5 before:"), printed);
    const [before, after] = [await Deno.readFile(model!), await Deno.readFile(out!)];
    assert.equal(after.length, before.length);
    assert.notDeepEqual(after, before);
  }));

Deno.test("examples/custom_sampler.ts trains: the loss falls from log 2", async () => {
  const losses = Array.from((await example("custom_sampler")).matchAll(/loss ([0-9.]+)/g), ([, loss]) => Number(loss));
  assert.equal(losses.length, 4);
  assert(Math.abs(losses[0]! - Math.LN2) < 0.05 && losses.at(-1)! < 0.9 * losses[0]!, `${losses}`);
});

Deno.test("examples/transfer.ts ranks better with views, and with another domain, than without", async () => {
  const printed = await example("transfer"), alone = numberAfter(printed, "the target alone:");
  for (const along of ["along with views:", "along with another domain:"]) {
    assert(alone > 0.2 && numberAfter(printed, along) > alone, printed);
  }
});

Deno.test("examples/recommender_onnx.ts recommends what `foil recommend` does", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/log.txt`,
      Array.from(
        { length: 20 },
        (_, user) => [user, ...Array.from({ length: 12 }, (_, i) => (user + 7 * i) % 30)].join(" "),
      )
        .join("\n"),
    );
    const run = `${folder}/run`;
    assert.equal((await foil(["train", "--data", "log.txt", "--epochs", "3", "--out", run], folder)).code, 0);
    const { stdout } = await foil(["recommend", "--run", run, "--users", "3,7", "--top", "3", "--json"], folder);
    const told = stdout.trim().split("\n").map((line) => JSON.parse(line)).flatMap(({ user, items }) =>
      items.map(({ item, score }: { item: string; score: number }) => `${user} ${item} ${score.toFixed(4)}`)
    );
    assert.deepEqual((await example("recommender_onnx", run, "3", "7")).trim().split("\n"), told);
  });
});
