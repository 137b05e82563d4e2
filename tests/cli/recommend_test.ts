import assert from "node:assert/strict";
import { openRuntime } from "../../runtime/providers.ts";
import { openAnswers } from "../../cli/answers.ts";
import { openRun } from "../../cli/opened_run.ts";
import { type Ranked, recommendations } from "../../cli/recommendations.ts";
import { readModel, writeModel } from "../../cli/run_folder.ts";
import { openScorer } from "../../evaluation/scorer.ts";
import { sasrec } from "../../models/sasrec.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { quietly, SMALL, writeSmallRun } from "./small_run.ts";

const FOLD_IN = { c0: 0.01, decay: 10 };

/** What the scores of {@link SMALL} come to, without what was met: cat met nothing. */
const WANTED = [
  ["ann", ["gin", 1], ["rum", 0]],
  ["bob", ["gin", 4], [SMALL.items[1], 1]],
  ["cat", ["gin", 5], ["tea", 3]],
] as const;

Deno.test("recommend writes lists of all users with the log's ids and titles, as CSV and as lines of JSON", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, args = ["recommend", "--run", run, "--users", "all", "--top", "2"];
    await writeSmallRun(run);
    assert.equal((await quietly([...args, "--out", `${folder}/lists.csv`])).code, 0);
    assert.deepEqual((await Deno.readTextFile(`${folder}/lists.csv`)).split("\n"), [
      "user,rank,item,score,title",
      "ann,1,gin,1,Gin",
      "ann,2,rum,0,Rum",
      "bob,1,gin,4,Gin",
      'bob,2,"a ""cup"", blue",1,',
      "cat,1,gin,5,Gin",
      "cat,2,tea,3,Tea",
      "",
    ]);
    assert.equal((await quietly([...args, "--out", `${folder}/lists.jsonl`])).code, 0);
    const lines = jsonLines(await Deno.readTextFile(`${folder}/lists.jsonl`));
    assert.deepEqual(
      lines.map(({ user, items }) => [user, ...items.map((each: Record<string, unknown>) => [each.item, each.score])]),
      WANTED,
    );
    assert.deepEqual(lines[1].items[1], { item: SMALL.items[1], score: 1 });
    assert.equal(lines[0].items[0].title, "Gin");
  }));

Deno.test("recommend says for how many it knows nothing to go by: of a user held out whole the vector was never trained", () =>
  inFolder(async (folder) => {
    await writeSmallRun(`${folder}/run`);
    const told = async (users: string) =>
      (await foil(["recommend", "--run", "run", "--users", users, "--out", "lists.csv"], folder)).stderr;
    assert.match(
      await told("all"),
      /^1 of 3 users met nothing in training: nothing of their lists was learnt from them$/m,
    );
    assert.doesNotMatch(await told("ann,bob"), /met nothing/);

    // the run that it started from was trained on what cat met
    const past = { offsets: Int32Array.of(0, 0, 0, 1), targets: Int32Array.of(0) };
    await writeModel(`${folder}/run`, { ...await readModel(`${folder}/run`), past });
    assert.doesNotMatch(await told("all"), /met nothing/);
  }));

Deno.test("ids with commas in them are found in a list and in a file, and what is none is named", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, out = `${folder}/lists.jsonl`, args = ["recommend", "--run", run, "--out", out];
    await writeSmallRun(run);
    const listed = async (...given: string[]) => {
      const { code, said } = await quietly([...args, ...given]);
      return code === 0 ? await Deno.readTextFile(out) : said;
    };
    await Deno.writeTextFile(`${folder}/ids.txt`, `rum\n${SMALL.items[1]}\n`);
    const written = await listed("--items", `rum, ${SMALL.items[1]}`);
    assert.deepEqual(jsonLines(written)[0].items.map(({ item }: { item: string }) => item).toSorted(), ["gin", "tea"]);
    assert.equal(await listed("--items-file", `${folder}/ids.txt`), written);
    assert.match(await listed("--items", `rum,a "cup", red,tea`), /Cannot find item "a "cup"": run/);
    assert.match(await listed("--items-file", `${folder}/ids.txt`, "--users", "ann"), /--items is instead of --users/);
  }));

Deno.test("users come from a file, seen items on request, and whoever has nothing left has no rows", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, out = `${folder}/lists.jsonl`;
    await writeSmallRun(run);
    await Deno.writeTextFile(`${folder}/ids.txt`, "cat\r\n\nann\n");
    const args = ["recommend", "--run", run, "--users-file", `${folder}/ids.txt`, "--out", out, "--top", "9"];
    const listed = async () =>
      jsonLines(await Deno.readTextFile(out)).map(({ user, items }) => [
        user,
        ...items.map(({ item }: { item: string }) => item),
      ]);
    assert.equal((await quietly(args)).code, 0);
    assert.deepEqual(await listed(), [["cat", "gin", "tea", SMALL.items[1], "rum"], ["ann", "gin", "rum"]]);
    assert.equal((await quietly([...args, "--include-seen"])).code, 0);
    assert.deepEqual((await listed())[1], ["ann", "tea", SMALL.items[1], "gin", "rum"]);
  }));

Deno.test("a backbone that asks with what was met recommends nothing to whoever has met nothing", () =>
  inFolder(async (folder) => {
    await writeSmallRun(`${folder}/run`);
    const { catalogue } = await readModel(`${folder}/run`), runtime = await openRuntime({ provider: "wasm", seed: 1 });
    const asked = { backbone: sasrec({ dim: 4, length: 3 }), catalogue, top: 2, includeSeen: false };
    const lists = await Array.fromAsync(recommendations(runtime, asked, Int32Array.of(0, 1, 2)));
    assert.deepEqual(lists.map(({ items }) => items.length), [2, 2, 0]);
    assert.deepEqual(lists[0]!.items.map(({ item }) => item).sort(), [2, 3]);
    await runtime.dispose();
  }));

Deno.test("items are left out for all, or lists are of some alone, whoever they are for and however they are found", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, out = `${folder}/lists.jsonl`, cup = SMALL.items[1];
    await writeSmallRun(run);
    await Deno.writeTextFile(`${folder}/sold-out.txt`, "gin\r\n\n ale\nbeer \n");
    await Deno.writeTextFile(`${folder}/drinks.txt`, `tea \ngin\n${cup}\n`);
    await Deno.writeTextFile(`${folder}/beer.txt`, "beer\n");
    await Deno.writeTextFile(`${folder}/all.txt`, SMALL.items.join("\n"));
    await Deno.writeTextFile(`${folder}/nothing.txt`, "\n");
    const without = ["--without", `${folder}/sold-out.txt`], among = ["--among", `${folder}/drinks.txt`];
    const listed = async (command: string, ...args: readonly string[]) => {
      const { code, said } = await quietly([command, "--run", run, "--out", out, ...args]);
      assert.equal(code, 0, said);
      const lists = jsonLines(await Deno.readTextFile(out)) as { items: { item: string }[] }[];
      return lists.map(({ items }) => items.map(({ item }) => item));
    };
    assert.deepEqual(await listed("recommend", "--users", "all", ...without), [["rum"], [cup, "tea"], [
      "tea",
      cup,
      "rum",
    ]]);
    const { stderr } = await foil(["recommend", "--run", run, "--users", "all", ...without], folder);
    assert.match(stderr, /^2 of 3 items of ".*sold-out\.txt" are none that run ".*run" knows$/m);
    const all = ["--users", "all"], both = [...without, ...among];
    assert.deepEqual(await listed("recommend", ...all, ...among), [["gin"], ["gin", cup, "tea"], [
      "gin",
      "tea",
      cup,
    ]]);
    assert.deepEqual(await listed("recommend", ...all, ...both), [[], [cup, "tea"], ["tea", cup]]);
    const seen = await listed("recommend", ...all, ...both, "--include-seen", "--top", "1");
    assert.deepEqual(seen, [["tea"], [cup], ["tea"]]);
    assert.deepEqual(await listed("recommend", "--items", "rum", ...both), [[cup, "tea"]]);
    assert.deepEqual(await listed("similar", "--items", "gin,tea", ...both), [[cup, "tea"], [cup]]);
    assert.deepEqual((await listed("recommend", ...all, "--without", `${folder}/nothing.txt`))[0], ["gin", "rum"]);
    assert.equal((await quietly(["index", "--run", run])).code, 0);
    assert.deepEqual(await listed("recommend", ...all, ...both, "--index"), [[], [cup, "tea"], ["tea", cup]]);

    for (
      const [args, message] of [
        [["--among", `${folder}/beer.txt`], /--among ".*beer\.txt" leaves none of the 4 items of run/],
        [["--among", `${folder}/nothing.txt`], /--among ".*nothing\.txt" leaves none of the 4 items/],
        [["--without", `${folder}/all.txt`], /--without ".*all\.txt" leaves none of the 4 items/],
        [[...among, "--without", `${folder}/all.txt`], /--among ".*" and --without ".*" leave none of the 4 items/],
        [["--without", `${folder}/none.txt`], /none\.txt": there is no such file/],
      ] as const
    ) {
      for (const command of [["recommend", ...all], ["similar", "--items", "gin"]]) {
        const { code, said } = await quietly([...command, "--run", run, ...args]);
        assert.equal(code, 1, args.join(" "));
        assert.match(said, message);
      }
    }
  }));

Deno.test("what recommend cannot do is said by name, and no file is left behind", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, base = ["recommend", "--run", run];
    await writeSmallRun(run);
    await Deno.writeTextFile(`${folder}/ids.txt`, "ann\nzoe\n");
    await Deno.writeTextFile(`${folder}/blank.txt`, " \n\n");
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /--users says for whom/],
      [["--users", "zoe"], /Cannot find user "zoe": run ".*" knows none \(its first is "ann"\)/],
      [["--users-file", `${folder}/ids.txt`], /"zoe" of line 2 of ".*ids\.txt"/],
      [["--users-file", `${folder}/none.txt`], /none\.txt": there is no such file/],
      [["--users-file", `${folder}/blank.txt`], /Cannot read the ids of users ".*blank\.txt": it has none/],
      [["--users", "all", "--users-file", `${folder}/ids.txt`], /both --users and --users-file/],
      [["--users", "all", "--out", `${folder}/lists.xlsx`], /must end with one of \.csv, \.jsonl, \.parquet/],
      [["--users", "all", "--out", `${folder}/no/lists.csv`], /Cannot write ".*no\/lists\.csv"/],
    ];
    for (const [args, message] of cases) {
      const { code, said } = await quietly([...base, ...args]);
      assert.equal(code, 1, args.join(" "));
      assert.match(said, message);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["blank.txt", "ids.txt", "run"]);
  }));

Deno.test("somebody new is recommended to by what they met: by a vector solved for, where users have vectors", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, out = `${folder}/list.jsonl`;
    await writeSmallRun(run);
    const asked = async (items: string, ...more: string[]) => {
      const { code, said } = await quietly(["recommend", "--run", run, "--items", items, "--out", out, ...more]);
      assert.equal(code, 0, said);
      const [{ given, items: list }] = jsonLines(await Deno.readTextFile(out));
      return [given, ...list.map(({ item }: { item: string }) => item)];
    };
    assert.deepEqual(await asked("rum"), ["rum", "gin", SMALL.items[1], "tea"]);
    assert.deepEqual(await asked("tea", "--top", "1"), ["tea", SMALL.items[1]]);
    assert.deepEqual(await asked("tea,rum", "--c0", "0.5", "--decay", "0.1"), ["tea,rum", "gin", SMALL.items[1]]);

    for (
      const [more, message] of [
        [["--items", "ale"], /Cannot find item "ale"/],
        [["--items", "tea", "--users", "ann"], /--items is instead of --users/],
        [["--items", "tea", "--include-seen"], /--include-seen is for users of the log/],
        [["--items", "tea", "--c0", "0"], /"c0" takes a number from/],
      ] as const
    ) {
      const { code, said } = await quietly(["recommend", "--run", run, ...more]);
      assert.equal(code, 1);
      assert.match(said, message);
    }
    await writeSmallRun(run, { backbone: "hmf:dim=2" });
    const { code, said } = await quietly(["recommend", "--run", run, "--items", "tea"]);
    assert.equal(code, 1);
    assert.match(said, /to somebody new: backbone "hmf:dim=2" knows users by their ids alone/);
  }));

Deno.test("answers are the lists that ranking gives, whatever the backbone asks with and however many ask at once", () =>
  inFolder(async (folder) => {
    for (const name of ["mf:dim=2", "mf:dim=2,score=cosine", "hmf:dim=2", "avgpool:dim=2,length=3,dropout=0"]) {
      await writeSmallRun(folder, { backbone: name });
      const runtime = await openRuntime({ provider: "wasm", seed: 3 }), saved = await openRun(folder);
      await runtime.load(saved.weights);
      // what a backbone has beside "user" and "item" is drawn
      await (await openScorer(runtime, saved.backbone, saved.catalogue, { rows: 1, columns: 4 })).dispose();
      const run = { ...saved, weights: await runtime.save() }, answers = await openAnswers(runtime, run, FOLD_IN);
      const asked = { backbone: run.backbone, catalogue: run.catalogue, top: 3, includeSeen: false };
      const lists = await Array.fromAsync(recommendations(runtime, asked, Int32Array.of(0, 1, 2)));
      const together = await answers.recommend([{ user: 0 }, { user: 1 }, { user: 2 }], 3);
      const alone = await Promise.all([0, 1, 2].map((user) => answers.recommend([{ user }], 3)));
      const shown = (list: readonly Ranked[]) => list.map(({ item, score }) => `${item} ${score.toFixed(4)}`);
      assert.deepEqual(together.map(shown), lists.map(({ items }) => shown(items)), name);
      assert.deepEqual(alone.map(([list]) => shown(list!)), together.map(shown), name);
      const many = Int32Array.from({ length: 300 }, (_, at) => at % 3); // more than are scored at a time
      for await (const { user, items } of recommendations(runtime, asked, many)) {
        assert.deepEqual(shown(items), shown(lists[user]!.items), name);
      }
      // of whole lists those that are left, in their order
      const whole = await answers.recommend([{ user: 0 }, { user: 1 }, { user: 2 }], 4);
      for (const barred of [Int32Array.of(0), Int32Array.of(1, 3), Int32Array.of(0, 1, 2)]) {
        const left = whole.map((list) => list.filter(({ item }) => !barred.includes(item)).slice(0, 2)).map(shown);
        const some = await answers.recommend([0, 1, 2].map((user) => ({ user, barred })), 2);
        assert.deepEqual(some.map(shown), left, `${name} ${barred}`);
        const ranked = await Array.fromAsync(
          recommendations(runtime, { ...asked, top: 2, barred }, Int32Array.of(0, 1, 2)),
        );
        assert.deepEqual(ranked.map(({ items }) => shown(items)), left, `${name} ${barred}`);
        const mixed = await answers.recommend([{ user: 1, barred }, { user: 1 }], 4);
        assert.deepEqual(shown(mixed[1]!), shown(whole[1]!), "of one who asks with others nothing else is left out");
      }
      if (run.backbone.history) {
        const [own] = await answers.recommend([{ met: SMALL.met[0] }], 3);
        assert.deepEqual(shown(own!), shown(together[0]!), "a list is a history, whoever's it is");
        const [longer] = await answers.recommend([{ met: [2, ...SMALL.met[0]] }], 3);
        assert.deepEqual(shown(longer!), shown(own!).filter((item) => !item.startsWith("2 ")), "the latest count");
      }
      await answers.dispose();
      await runtime.dispose();
    }
  }));
