import assert from "node:assert/strict";
import { checkOwnFolder } from "../../cli/own_folder.ts";
import { inFolder } from "./foil.ts";
import { quietly, writeSmallRun } from "./small_run.ts";
import { SMALL_LOG } from "./trained_run.ts";

const SHORT = ["--epochs", "1", "--backbone", "mf:dim=2", "--provider", "wasm"];
const compare = ["--samplers", "rns", "--seeds", "1", "--baselines", "popular", ...SHORT];
const tune = ["--trials", "2", "--space", "lr=0.1,0.01", ...SHORT];
const textIn = (folder: string) =>
  Object.fromEntries(
    Array.from(
      Deno.readDirSync(folder),
      ({ name, isFile }) => [name, isFile && Deno.readTextFileSync(`${folder}/${name}`)],
    ),
  );

Deno.test("a folder of one kind is not written over by another, and an empty --out is none", () =>
  inFolder(async (folder) => {
    const log = `${folder}/log.csv`, run = `${folder}/run`, page = `${folder}/study.yaml`;
    await Deno.writeTextFile(log, SMALL_LOG);
    await Deno.writeTextFile(page, `data: ${log}\nsamplers: rns\nepochs: 1\n`);
    await writeSmallRun(run);
    const before = textIn(run);
    const commands = [
      [["compare", "--data", log, ...compare], "comparison"],
      [["tune", "--data", log, ...tune], "search"],
      [["study", "run", page], "study"],
    ] as const;
    for (const [args, kind] of commands) {
      assert.deepEqual(await quietly([...args, "--out", run]), {
        code: 1,
        said:
          `error: Cannot write a ${kind} to "${run}": it is that of a run ("weights.safetensors"); --out names another folder`,
      });
      const { code, said } = await quietly([...args, "--out", ""]);
      assert.deepEqual([code, said], [1, `error: Cannot write a ${kind}: --out is empty`]);
    }
    assert.deepEqual(textIn(run), before);
    assert.equal((await quietly([...commands[0][0], "--out", `${folder}/compared`])).code, 0);
    const { said } = await quietly(["train", "--data", log, ...SHORT, "--out", `${folder}/compared`]);
    assert.match(said, /it is that of a comparison \("compare\.json"\)/);
    for (const args of [["datasets", "split", "--data", log], ["datasets", "synthesize"]]) {
      const { code, said } = await quietly([...args, "--out", ""]);
      assert.equal(code, 1);
      assert.match(said, /--out is empty/);
    }
  }));

Deno.test("options that somebody wrote are not written over, and ids and drawings of somebody's neither", () =>
  inFolder(async (folder) => {
    const log = `${folder}/log.csv`, written = `# mine\ndata: ${log}\n`;
    await Deno.writeTextFile(log, SMALL_LOG);
    await Deno.writeTextFile(`${folder}/config.yaml`, written);
    for (const beside of [null, "metrics.json"]) { // another tool's, with a file of a usual name beside it or without
      if (beside !== null) await Deno.writeTextFile(`${folder}/${beside}`, "mine");
      const { code, said } = await quietly(["train", "--config", `${folder}/config.yaml`, ...SHORT, "--out", folder]);
      assert.equal(code, 1);
      assert.match(said, /it is no run's, and its "config\.yaml" would be overwritten/);
      assert.equal(await Deno.readTextFile(`${folder}/config.yaml`), written);
    }
    assert.equal(await Deno.readTextFile(`${folder}/metrics.json`), "mine");
    await Deno.writeTextFile(`${folder}/checkpoint.safetensors`, "");
    await checkOwnFolder(folder, []); // a run's, whose options somebody annotated
    for (const name of ["ids.json", "balance.svg"]) {
      const own = `${folder}/${name}-is-mine`;
      await Deno.mkdir(own);
      await Deno.writeTextFile(`${own}/${name}`, "mine");
      const { said } = await quietly(["compare", "--data", log, ...compare, "--metrics", "balance@5", "--out", own]);
      assert(said.includes(`it is no comparison's, and its "${name}" would be overwritten`), said);
      assert.equal(await Deno.readTextFile(`${own}/${name}`), "mine");
    }
  }));

Deno.test("what is split is not written over, and parts of another split do not stay beside new ones", () =>
  inFolder(async (folder) => {
    const log = `${folder}/train.csv`, parts = `${folder}/parts`, split = ["datasets", "split", "--data"];
    await Deno.writeTextFile(log, SMALL_LOG);
    const own = await quietly([...split, log, "--out", folder]);
    assert.match(own.said, /its "train\.csv" is what is split/);
    await Deno.mkdir(`${folder}/log`);
    await Deno.writeTextFile(`${folder}/log/train.tsv`, SMALL_LOG);
    await Deno.symlink(`${folder}/log`, `${folder}/link`);
    await Deno.symlink(`${folder}/log/train.tsv`, `${folder}/named.csv`);
    for (const linked of [`${folder}/link/train.tsv`, `${folder}/link`, `${folder}/named.csv`]) {
      const { code, said } = await quietly([...split, linked, "--format", "delimited", "--out", `${folder}/log`]);
      assert.equal(code, 1);
      assert.match(said, /its "train\.tsv" is what is split/);
    }
    assert.deepEqual(textIn(`${folder}/log`), { "train.tsv": SMALL_LOG });
    assert.equal((await quietly([...split, log, "--out", parts])).code, 0);
    assert.equal((await quietly([...split, log, "--split-seed", "1", "--out", parts])).code, 0);
    const before = textIn(parts);
    for (const args of [["--valid-share", "0"], ["--as", "adjacency"]]) {
      const { code, said } = await quietly([...split, log, ...args, "--out", parts]);
      assert.equal(code, 1);
      assert.match(said, /is of another split, and would be read with this one/);
    }
    assert.deepEqual(textIn(parts), before);
  }));

Deno.test("what is synthesized is not laid beside parts of other data, which would be read with it", () =>
  inFolder(async (folder) => {
    const sizes = "--users 30 --items 40 --least 3 --median 5 --most 9".split(" "), out = `${folder}/made`;
    const synthesize = (...more: string[]) => quietly(["datasets", "synthesize", ...sizes, "--out", out, ...more]);
    assert.equal((await synthesize()).code, 0);
    const before = textIn(out);
    assert.deepEqual(await synthesize("--seed", "9", "--valid", "0"), {
      code: 1,
      said:
        `error: Cannot synthesize into "${out}": its "valid.txt" is of another split, and would be read with this one; remove it, or --out names another folder`,
    });
    assert.deepEqual(textIn(out), before);
    assert.equal((await synthesize("--seed", "9")).code, 0);
  }));

Deno.test("lists are not written over a file that they are made of, by whatever name it goes", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, own = `${folder}/own.csv`, link = `${folder}/link.csv`;
    await writeSmallRun(run);
    await Deno.symlink(own, link);
    const cases: readonly (readonly [command: string, option: string, text: string, ...more: string[]])[] = [
      ["recommend", "users-file", "ann\nbob\n"],
      ["recommend", "items-file", "tea\nrum\n"],
      ["recommend", "met", "user,item\neve,tea\neve,rum\n"],
      ["recommend", "without", "tea\n", "--users", "all"],
      ["similar", "items-file", "tea\nrum\n"],
      ["similar", "among", "tea\nrum\n", "--items", "all"],
    ];
    for (const [command, option, text, ...more] of cases) {
      await Deno.writeTextFile(own, text);
      const args = [command, "--run", run, `--${option}`, own, ...more, "--out"];
      for (const out of [own, link]) {
        assert.deepEqual(await quietly([...args, out]), {
          code: 1,
          said: `error: Cannot write "${out}": --${option} reads it; --out names another file`,
        });
      }
      assert.equal(await Deno.readTextFile(own), text);
      assert.equal((await quietly([...args, `${folder}/lists.csv`])).code, 0);
    }
  }));

Deno.test("a page is HTML by its name, and no methods are no comparison", () =>
  inFolder(async (folder) => {
    const log = `${folder}/log.csv`;
    await Deno.writeTextFile(log, SMALL_LOG);
    await writeSmallRun(`${folder}/run`);
    const { code, said } = await quietly(["report", `${folder}/run`, "--out", log]);
    assert.deepEqual([code, said], [1, `error: Cannot write the page "${log}": its name must end with .html`]);
    assert.equal(await Deno.readTextFile(log), SMALL_LOG);
    const none = await quietly(["compare", "--data", log, "--samplers", "", "--out", `${folder}/none`]);
    assert.deepEqual(none, { code: 1, said: 'error: Cannot compare: no methods are named, found [""]' });
  }));
