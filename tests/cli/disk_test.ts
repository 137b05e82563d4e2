import assert from "node:assert/strict";
import { inFolder } from "./foil.ts";
import { quietly, writeSmallRun } from "./small_run.ts";
import { leftIn, SMALL_LOG, trainArgs } from "./trained_run.ts";

/** Makes the next write of a file fail as on a full disk: its temporary name leads to a device that always is. */
const fill = (path: string): Promise<void> => Deno.symlink("/dev/full", `${path}.tmp`);
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("a disk that is full while a run is written is named; its checkpoint stays, and the run resumes to the same bytes", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    assert.equal((await quietly(trainArgs(folder, "whole"))).code, 0);
    const whole = await leftIn(`${folder}/whole`), out = `${folder}/run`;
    assert.equal((await quietly(trainArgs(folder, "run", "--epochs", "1"))).code, 0);
    for (
      const name of ["checkpoint.safetensors", "log.jsonl", "weights.safetensors", "recommender.onnx", "metrics.json"]
    ) {
      await fill(`${out}/${name}`);
      const { code, said } = await quietly(trainArgs(folder, "run", "--resume"));
      assert.equal(code, 1);
      assert.equal(
        said,
        `error: Cannot write "${out}/${name}": the disk is full. The checkpoint there is whole: --resume goes on from it`,
      );
    }
    assert.equal((await quietly(trainArgs(folder, "run", "--resume"))).code, 0);
    assert.deepEqual(await leftIn(out), whole);
  }));

Deno.test("a disk that is full is named by recommend and compare, too, and what was there stays", () =>
  inFolder(async (folder) => {
    await writeSmallRun(`${folder}/run`);
    const lists = `${folder}/lists.csv`,
      recommend = ["recommend", "--run", `${folder}/run`, "--users", "all", "--out", lists];
    await Deno.writeTextFile(lists, "before");
    await fill(lists);
    assert.deepEqual(await quietly(recommend), { code: 1, said: `error: Cannot write "${lists}": the disk is full` });
    assert.deepEqual([await Deno.readTextFile(lists), namesIn(folder)], ["before", ["lists.csv", "run"]]);
    assert.equal((await quietly(recommend)).code, 0);
    assert.match(await Deno.readTextFile(lists), /^user,rank,item,/);

    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const study = [
      "--samplers",
      "rns",
      "--seeds",
      "1",
      "--epochs",
      "1",
      "--baselines",
      "popular",
      "--backbone",
      "mf:dim=2",
    ];
    const compare = [
      "compare",
      "--data",
      `${folder}/log.csv`,
      ...study,
      "--provider",
      "wasm",
      "--out",
      `${folder}/study`,
    ];
    await Deno.mkdir(`${folder}/study`);
    await fill(`${folder}/study/compare.json`);
    const failed = await quietly(compare);
    assert.deepEqual(failed, { code: 1, said: `error: Cannot write "${folder}/study/compare.json": the disk is full` });
    assert.equal((await quietly(compare)).code, 0);
    await Deno.remove(`${folder}/study/trials`, { recursive: true });
    await Deno.writeTextFile(`${folder}/study/trials`, "");
    const stopped = await quietly(compare);
    assert.equal(stopped.code, 1, "no trial has failed: none could be written");
    assert.match(
      stopped.said,
      /^error: Cannot make folder ".*\/study\/trials\/.*": a part of its path is a file and no folder$/,
    );
    assert(namesIn(`${folder}/study`).every((name) => !name.endsWith(".tmp")));
  }));

Deno.test("a file that another process is writing is neither mixed with nor removed; what one that was killed left is taken over", () =>
  inFolder(async (folder) => {
    await writeSmallRun(`${folder}/run`);
    const lists = `${folder}/lists.csv`,
      said = (path: string) => `error: Cannot write "${path}": another process is writing it`;
    const recommend = ["recommend", "--run", `${folder}/run`, "--users", "all", "--provider", "wasm", "--out", lists];
    const commands = [[lists, recommend], [`${folder}/run/items.usearch`, [
      "index",
      "--run",
      `${folder}/run`,
    ]]] as const;
    for (const [path, command] of commands) {
      using other = await Deno.open(`${path}.tmp`, { write: true, create: true });
      await other.lock(true);
      await other.write(new TextEncoder().encode("half of"));
      assert.deepEqual(await quietly(command), { code: 1, said: said(path) });
      assert.equal(await Deno.readTextFile(`${path}.tmp`), "half of");
    }
    await Deno.writeTextFile(`${lists}.tmp`, "left behind,".repeat(1000));
    assert.equal((await quietly(recommend)).code, 0);
    const whole = await Deno.readTextFile(lists);
    assert.match(whole, /^user,rank,item,[^]*cat,4,rum,3,Rum\n$/);
    assert.doesNotMatch(whole, /left behind/);

    const { open } = Deno; // one that another gives its name right when it is opened
    Deno.open = async (path, options) => {
      const file = await open(path, options);
      if (`${path}` === `${lists}.tmp`) {
        await Deno.writeTextFile(path, "the other's");
        await Deno.rename(path, `${folder}/given.csv`);
        Deno.open = open;
      }
      return file;
    };
    try {
      assert.deepEqual(await quietly(recommend), { code: 0, said: "" });
    } finally {
      Deno.open = open;
    }
    assert.equal(await Deno.readTextFile(`${folder}/given.csv`), "the other's");
    assert.equal(await Deno.readTextFile(lists), whole);
    assert.deepEqual(namesIn(folder), ["given.csv", "lists.csv", "run"]);
  }));

Deno.test("what is printed to a full disk is an error", async () => {
  const cli = new URL("../../cli.ts", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", `"${Deno.execPath()}" run -A "${cli}" list > /dev/full`],
  })
    .output();
  assert.equal(code, 1);
  assert.match(new TextDecoder().decode(stderr), /^error: Cannot write to stdout or stderr: the disk is full$/m);
});

Deno.test("a path that cannot be written is said before anything is trained or ranked", () =>
  inFolder(async (folder) => {
    await writeSmallRun(`${folder}/run`);
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const before = namesIn(folder),
      lists = (out: string) => ["recommend", "--run", `${folder}/run`, "--users", "all", "--out", out];
    const cases: readonly [readonly string[], string][] = [
      [trainArgs(folder, "log.csv"), `Cannot make folder "${folder}/log.csv": a file of that name is in the way`],
      [
        trainArgs(folder, "log.csv/run"),
        `Cannot make folder "${folder}/log.csv/run": a part of its path is a file and no folder`,
      ],
      [lists(`${folder}/none/lists.csv`), `Cannot write "${folder}/none/lists.csv": there is no such folder`],
      [
        lists(`${folder}/log.csv/lists.csv`),
        `Cannot write "${folder}/log.csv/lists.csv": a part of its path is a file and no folder`,
      ],
    ];
    for (const [args, said] of cases) assert.deepEqual(await quietly(args), { code: 1, said: `error: ${said}` });
    assert.deepEqual(namesIn(folder), before);

    await Deno.mkdir(`${folder}/taken.csv`);
    assert.deepEqual(await quietly(lists(`${folder}/taken.csv`)), {
      code: 1,
      said: `error: Cannot write "${folder}/taken.csv": it is a folder`,
    });
    assert.equal(
      (await quietly(trainArgs(folder, "new/folders/run", "--epochs", "1"))).code,
      0,
      "those above are made",
    );
  }));

const mount = async (...args: readonly string[]): Promise<boolean> =>
  await new Deno.Command("mount", { args: [...args], stderr: "null" }).output().then(
    ({ success }) => success,
    () => false,
  );
/** A disk of `size` on the folder `at`, for as long as `use` takes. */
async function withDisk(at: string, size: string, use: () => Promise<void>): Promise<void> {
  await Deno.mkdir(at);
  assert(await mount("-t", "tmpfs", "-o", `size=${size}`, "foil", at));
  try {
    await use();
  } finally {
    await new Deno.Command("umount", { args: [at] }).output();
  }
}
const probe = await Deno.makeTempDir({ prefix: "foil-mount" });
const mounts = await mount("-t", "tmpfs", "foil", probe);
if (mounts) await new Deno.Command("umount", { args: [probe] }).output();
await Deno.remove(probe);

Deno.test({
  name:
    "on a disk that is full after the first checkpoint a run resumes to the same bytes once there is room (needs: mount)",
  ignore: !mounts,
  fn: () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
      const wide = ["--backbone", "mf:dim=64"]; // of 30 rows: variables, two moments and the best epoch's are 31 kB
      assert.equal((await quietly(trainArgs(folder, "whole", ...wide))).code, 0);
      await withDisk(`${folder}/disk`, "64k", async () => {
        const { code, said } = await quietly(trainArgs(folder, "disk/run", ...wide));
        assert.equal(code, 1);
        assert.match(
          said,
          /^error: Cannot write ".*\/disk\/run\/checkpoint\.safetensors": the disk is full\. The checkpoint there is whole/,
        );
        assert(await mount("-o", "remount,size=1m", `${folder}/disk`));
        assert.equal((await quietly(trainArgs(folder, "disk/run", ...wide, "--resume"))).code, 0);
        assert.deepEqual(await leftIn(`${folder}/disk/run`), await leftIn(`${folder}/whole`));
      });
    }),
});

Deno.test({
  name: "a folder that is read-only is named before anything is trained (needs: mount)",
  ignore: !mounts,
  fn: () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
      await withDisk(`${folder}/disk`, "1m", async () => {
        await Deno.mkdir(`${folder}/disk/old`);
        assert(await mount("-o", "remount,ro", `${folder}/disk`));
        const said = (what: string) => ({ code: 1, said: `error: Cannot ${what}: the file system is read-only` });
        assert.deepEqual(await quietly(trainArgs(folder, "disk/new")), said(`make folder "${folder}/disk/new"`));
        assert.deepEqual(await quietly(trainArgs(folder, "disk/old")), said(`write "${folder}/disk/old/.lock"`));
      });
    }),
});
