import assert from "node:assert/strict";
import { readYaml } from "../../options/yaml.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { quietly } from "./small_run.ts";

const LOG = Array.from({ length: 40 }, (_, user) => user).flatMap((user) =>
  Array.from({ length: 8 }, (_, at) => `${user},${(user * 7 + at ** 2) % 60}`)
);
const OURS = `
about: Ours.
options: { backbone: "mf:dim=4", sampler: "rns", lr: 0.05, epochs: 3, refit: true }
where:
  - { when: users > 1000, because: there are many users, options: { sampler: "dns" } }
  - { when: density > 0.05, because: it is dense, options: { l2: 0.01 } }
`;
const configIn = async (folder: string) =>
  readYaml(await Deno.readTextFile(`${folder}/config.yaml`)) as Readonly<Record<string, unknown>>;
const writeInputs = async (folder: string) => {
  await Deno.writeTextFile(`${folder}/log.csv`, ["user,item", ...LOG].join("\n"));
  await Deno.writeTextFile(`${folder}/ours.yaml`, OURS);
};

Deno.test("a recipe of one's own is settled by the data, overridden by flags, and kept with the run", () =>
  inFolder(async (folder) => {
    await writeInputs(folder);
    const args = ["train", "--data", "log.csv", "--recipe", "./ours.yaml", "--l2", "0.5", "--json", "--out", "run"];
    const { code, stdout, stderr } = await foil(args, folder);
    assert.equal(code, 0, stderr);
    const { why, options, facts } = jsonLines(stdout).find(({ event }) => event === "recipe");
    assert.deepEqual(why, ["it is dense"]);
    assert.equal(options.l2, 0.5, "a flag overrides the recipe");
    assert.deepEqual([facts.users, options.sampler, options.lr], [40, "rns", 0.05]);
    assert.match(
      stderr,
      /recipe \.\/ours\.yaml \(it is dense\): Ours\.\n {2}--backbone mf:dim=4 --sampler rns --lr 0\.05/,
    );
    const { recipe, backbone, sampler, l2, epochs, refit } = await configIn(`${folder}/run`);
    assert.deepEqual(
      { recipe, backbone, sampler, l2, epochs, refit },
      { recipe: "./ours.yaml", backbone: "mf:dim=4", sampler: "rns", l2: 0.5, epochs: 3, refit: true },
    );
    const again = await foil(["train", "--config", "run/config.yaml", "--out", "again"], folder);
    assert.equal(again.code, 0, again.stderr);
    const weights = (run: string) => Deno.readFile(`${folder}/${run}/weights.safetensors`);
    assert.deepEqual(await weights("again"), await weights("run"));
  }));

Deno.test("train without options picks a recipe and says why; with a part of its own it picks none", () =>
  inFolder(async (folder) => {
    await writeInputs(folder);
    const args = ["train", "--data", "log.csv", "--epochs", "1", "--json"];
    const picked = async (...more: readonly string[]) => {
      const { code, stdout, stderr } = await foil([...args, ...more, "--out", "run"], folder);
      assert.equal(code, 0, stderr);
      const found = jsonLines(stdout).find(({ event }) => event === "recipe");
      return found && [found.name, found.why[0], found.options.epochs];
    };
    assert.deepEqual(await picked(), ["strong", "226 interactions are few enough for it", 1]);
    const rows = LOG.map((row, at) => `${row},${at}`);
    await Deno.writeTextFile(`${folder}/log.csv`, ["user,item,timestamp", ...rows].join("\n"));
    assert.deepEqual(await picked("--split", "leave-one-out"), [
      "sequential",
      "what is held out is what users met next",
      1,
    ]);
    assert.equal(await picked("--backbone", "mf:dim=4"), undefined);
    const numbers = ["--batch-size", "512", "--lr", "0.01", "--out", "run"];
    const plain = await foil([...args, ...numbers], folder),
      line = /^no recipe, as --lr, --batch-size is given: mf, dns, /m;
    assert.match(plain.stderr, line);
    assert(!(await foil([...args, ...numbers, "--sampler", "rns"], folder)).stderr.includes("no recipe"));
    // what comes in parts is not split, so that several of a user are held out, at whatever time
    await Deno.writeTextFile(`${folder}/held.csv`, ["user,item,timestamp", ...rows.slice(0, 40)].join("\n"));
    for (const split of ["leave-one-out", "by-user"]) {
      assert.equal((await picked("--test", "held.csv", "--split", split))![0], "strong");
    }
  }));

Deno.test("a recipe is a method of compare: its options are those that train has of it on these data", () =>
  inFolder(async (folder) => {
    await writeInputs(folder);
    const samplers = "rns; ours=recipe:./ours.yaml epochs=2";
    const flags = ["--backbone", "mf:dim=4", "--epochs", "1", "--baselines", "none", "--seeds", "1"];
    const args = ["compare", "--data", "log.csv", ...flags, "--refit", "--samplers", samplers, "--out", "table"];
    const { code, stderr } = await foil(args, folder);
    assert.equal(code, 0, stderr);
    const found = JSON.parse(await Deno.readTextFile(`${folder}/table/compare.json`));
    assert.match(
      await Deno.readTextFile(`${folder}/table/compare.md`),
      /trained anew for that many epochs, on train and/,
    );
    assert.deepEqual(found.rows.map(({ label }: { label: string }) => label), ["rns", "ours"]);
    const configs = await Promise.all(
      [...Deno.readDirSync(`${folder}/table/trials`)].map(async ({ name }) =>
        await configIn(`${folder}/table/trials/${name}`)
      ),
    );
    const { sampler, lr, l2, epochs } = configs.find(({ label }) => label === "ours")!;
    assert.deepEqual({ sampler, lr, l2, epochs }, { sampler: "rns", lr: 0.05, l2: 0.01, epochs: 2 });
  }));

Deno.test("a recipe that there is not is refused before data are read", async () => {
  const refused = async (args: readonly string[], why: RegExp) => {
    const { code, said } = await quietly(args);
    assert.equal(code, 1);
    assert.match(said, why);
  };
  await refused(["train", "--data", "no/such", "--recipe", "storng"], /There is no recipe "storng"; there are "fast"/);
  await refused(
    ["train", "--data", "no/such", "--recipe", "./no.yaml"],
    /Cannot read the recipe: .*no\.yaml.*no such file/,
  );
  const test = ["train", "--data", "no/such", "--recipe", "strong", "--select", "test"];
  await refused(test, /no such file/); // and not that there is nothing to train anew on
  await refused(["compare", "--data", "no/such", "--samplers", "rns; recipe:x"], /There is no recipe "x"/);
});
