import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { dataOptions, openData, openWhole } from "../../cli/data_options.ts";
import { openProtocol } from "../../cli/protocol_options.ts";
import { trainOptions } from "../../cli/train_options.ts";
import { resolve } from "../../options/option.ts";
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

Deno.test("a part of a split that nothing falls to is not written, and the rest can be read", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/tiny.csv`, "user,item\nann,alien\nbob,heat\nann,saw\n");
    const split = await foil(["datasets", "split", "--data", "tiny.csv", "--out", "parts"], folder);
    assert.equal(split.code, 0, split.stderr);
    assert.deepEqual([...Deno.readDirSync(`${folder}/parts`)].map(({ name }) => name), ["train.tsv"]);
    assert.equal((await foil(["datasets", "info", "--data", "parts"], folder)).code, 0);
  }));

Deno.test("an epoch is picked on validation, on test or on nothing, and ids that are rows keep their numbers", async () => {
  const values = (given: Record<string, unknown>) => resolve("train", trainOptions, given);
  for (const select of ["valid", "test", "last"] as const) {
    const { data, protocol } = await openProtocol(values({ select }), ["ndcg@20"]);
    assert(protocol.selecting?.held === (select === "last" ? undefined : data[select]), select);
    assert(protocol.testing!.held === data.test, select);
  }
  await assert.rejects(openWhole(values({ core: 2, ids: "rows" })), /Cannot use --core with ids that are rows/);
});

Deno.test("that --split splits nothing of data that come in parts is said", () =>
  inFolder(async (folder) => {
    const log = (rows: readonly string[]) => `user,item,time\n${rows.join("\n")}\n`;
    await Deno.writeTextFile(`${folder}/train.csv`, log(["a,x,1", "a,y,5", "b,x,2", "b,z,3"]));
    await Deno.writeTextFile(`${folder}/test.csv`, log(["a,z,2", "b,y,1"]));
    const notesOf = async (given: Record<string, unknown>) =>
      (await openData(resolve("data", dataOptions, { data: folder, ...given }))).notes.filter((note) =>
        /split/.test(note)
      );
    assert.deepEqual(await notesOf({}), []);
    assert.deepEqual(await notesOf({ split: "time" }), [
      "the data come in parts, which are kept: --split time splits nothing",
    ]);
  }));

Deno.test("an option's value that it does not take is named as the flag that was typed", async () => {
  const { code, stderr } = await foil(["train", "--batch-size", "0"]);
  assert.equal(code, 1);
  assert.match(stderr, /Cannot run "train": option "--batch-size" takes a whole number of at least 1, found "0"/);
});

/** A log of two users with files of side information beside it. */
const files: Readonly<Record<string, string>> = {
  "log.csv": "user,item\nann,alien\nbob,alien\nbob,heat\nann,saw\n",
  "rated.csv":
    "user,item,rating,time\nann,alien,5,1\nann,saw,1,2\nann,heat,5,3\nbob,saw,5,2\nbob,heat,1,4\nann,jaws,5,5\nann,bug,1,9\nbob,bug,5,9\n",
  "trust.txt": "ann bob\nann zoe\n",
  "genres.csv": "item,price,genre\nalien,3,horror|space\nheat,4,crime\n",
  "no.csv": "ann,heat\n",
  "carts.csv": "ann,heat\nbob,saw\n",
  "views.csv": "ann,heat\n",
  "films.kg": "m1 by m2\nm2 made m1\n",
  "films.link": "alien m1\n",
  "short.kg": "m1 by m2\nm2 made\n",
};
const writeFiles = (folder: string) =>
  Promise.all(Object.entries(files).map(([name, text]) => Deno.writeTextFile(`${folder}/${name}`, text)));

Deno.test("datasets info tells what side information there is, by flags and by a YAML file", () =>
  inFolder(async (folder) => {
    await writeFiles(folder);
    await Deno.writeTextFile(
      `${folder}/data.yaml`,
      "data: log.csv\nfriends: trust.txt\nattributes: genres.csv\nattributeColumns: [genre, 2]\ndislikes: no.csv\n" +
        "behaviours: [carts=carts.csv, views=views.csv]\nkg: films.kg\nlinks: films.link\n",
    );
    const { code, stdout, stderr } = await foil(["datasets", "info", "--config", "data.yaml", "--json"], folder);
    assert.equal(code, 0, stderr);
    const [{ metadata, notes }] = jsonLines(stdout);
    assert.deepEqual(metadata, {
      attributes: { attributes: 5, items: 2, pairs: 5 },
      friends: { pairs: 1, users: 1, mutual: 0 },
      dislikes: { pairs: 1, users: 1, items: 1 },
      behaviours: { carts: { pairs: 2, users: 2, items: 2 }, views: { pairs: 1, users: 1, items: 1 } },
      knowledge: { facts: 2, entities: 4, relations: 2, items: 1 },
    });
    assert(notes.includes("friends: left out 1 pair of 1 user without interactions"));

    const flags = ["--data", "log.csv", "--attributes", "genres.csv", "--behaviours", "carts=carts.csv"];
    const shown = await foil(["datasets", "info", ...flags], folder);
    assert.match(
      shown.stdout,
      /^metadata:\n {2}attributes: attributes 3, items 2, pairs 3\n {2}behaviours:\n {4}carts: /m,
    );
  }));

Deno.test("what is wrong with side information is told by file and line", () =>
  inFolder(async (folder) => {
    await writeFiles(folder);
    const cases: [string[], RegExp][] = [
      [["--friends", "none.txt"], /"none.txt": no such file/],
      [["--friends", "log.csv", "--data", "carts.csv"], /"log.csv": none of its 5 pairs is of two users of the log/],
      [["--kg", "short.kg"], /"short.kg", line 2: it has 2 columns where 3 are read/],
      [["--links", "films.link"], /"films.link": links need a knowledge graph/],
      [
        ["--attributes", "genres.csv", "--attribute-columns", "brand"],
        /"genres.csv", line 1: no attribute column named/,
      ],
      [["--attribute-columns", "2"], /Cannot choose columns of items' attributes, found 2: no file of them is given/],
      [["--user-attribute-columns", "a,b"], /Cannot choose columns of users' attributes, found a, b: no file/],
      [["--behaviours", "views.csv"], /expected name=file, parted by commas .*, found "views.csv"/],
      [["--behaviours", "views=views.csv,views=carts.csv"], /"views" is named twice/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await foil(["datasets", "info", "--data", "log.csv", ...args], folder);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /, "no stack trace");
    }
  }));

Deno.test("dislikes of the time that a split holds out are left out", () =>
  inFolder(async (folder) => {
    await writeFiles(folder);
    const values = { ...resolve("data", dataOptions, {}), data: `${folder}/rated.csv`, minRating: 4 };
    const pairs = async (given: Partial<typeof values>) =>
      (await openData({ ...values, ...given })).metadata!.dislikes!.targets.length;
    // ann's of 2 (her first that is held out is of 3) and 9; bob's of 4 (nothing of his is held out)
    assert.deepEqual(await pairs({}), 3);
    assert.deepEqual(await pairs({ split: "leave-one-out" }), 2);
    // of ann's three the last or the last two are held out, of bob's two the last: what he dislikes was before
    const own = await openData({ ...values, split: "user-time", validShare: 0, testShare: 0.5 });
    assert.equal(own.metadata!.dislikes!.targets.length, 2);
    assert.deepEqual([own.valid, [...own.test!.times!].filter((time) => time !== 3).sort()], [undefined, [5, 9]]);
    assert(
      own.notes.includes(
        "split by each user's time: the last 0.5 of each user to test, 0 before it to select by (seed 0)",
      ),
    );
    // held out from time 5 on
    const late = await openData({ ...values, split: "time", validShare: 0, testShare: 0.4 });
    assert.equal(late.metadata!.dislikes!.targets.length, 2);
    assert.deepEqual([late.valid, [...late.test!.times!].sort()], [undefined, [5, 9]]);
    assert(late.notes.includes("left out 1 dislike or behaviour of the time that is held out"));
    // of one of the two users the last is held out: ann's is of 5, before her dislike of 9, bob's after all of his
    const left = await Promise.all([0, 1, 2, 3, 4, 5].map(async (splitSeed) => {
      const { test, userIds, metadata } = await openData({ ...values, split: "by-user", splitSeed, testShare: 0.5 });
      return `${userIds.names[test!.users[0]!]} ${metadata!.dislikes!.targets.length}`;
    }));
    assert.deepEqual([...new Set(left)].sort(), ["ann 2", "bob 3"]);
  }));

Deno.test("--sql and --table ask the database that is --data, and flags that do not go together say so", () =>
  inFolder(async (folder) => {
    const data = `${folder}/my.sqlite`, database = new DatabaseSync(data);
    database.exec("create table plays (who text, song text); insert into plays values ('ann', 'x'), ('bob', 'y')");
    database.close();
    const open = (given: Readonly<Record<string, unknown>>) => openWhole(resolve("data", dataOptions, given));
    const { userIds } = await open({ data, table: "plays", userColumn: "who", itemColumn: "song" });
    assert.deepEqual(userIds.names, ["ann", "bob"]);
    const asked = await open({
      data,
      sql: "select who as user, song as item from plays where who > 'b'",
      itemColumn: "item",
    });
    assert.deepEqual(asked.itemIds.names, ["y"]);
    await assert.rejects(open({ data, sql: "select 1", table: "plays" }), /both --sql and --table/);
    await assert.rejects(open({ table: "plays" }), /--table without a database/);
    await assert.rejects(open({ sql: "select 1", test: data }), /--valid or --test with a query/);
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
