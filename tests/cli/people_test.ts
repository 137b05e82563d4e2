import assert from "node:assert/strict";
import { openRun } from "../../cli/opened_run.ts";
import { readModel, writeModel } from "../../cli/run_folder.ts";
import { openScorer } from "../../evaluation/scorer.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { quietly, SMALL, writeSmallRun } from "./small_run.ts";

/** Out of order; of "zoe" the run knows nothing, of "ann" other things than these. */
const LOG = [
  "user,item,time",
  ...["dan,rum,9", "ann,tea,4", "dan,tea,2", "zoe,beer,1", "eve,gin,5", "dan,ale,7", "ann,gin,3", "dan,gin,2"],
  "",
].join("\n");
/** What each has met by then, oldest first; of dan's equal times the later row is the later. */
const MET = [["dan", "tea,gin,rum"], ["ann", "gin,tea"], ["eve", "gin"]] as const;

type Listed = { readonly user?: string; readonly items: readonly { readonly item: string; readonly score: number }[] };

Deno.test("each user of a log has the list that --items gives for what they have met, in its order", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, out = `${folder}/lists.jsonl`;
    await Deno.writeTextFile(`${folder}/log.csv`, LOG);
    await Deno.writeTextFile(`${folder}/sold-out.txt`, `${SMALL.items[1]}\n`);
    const listed = async (...args: readonly string[]): Promise<Listed[]> => {
      const { code, said } = await quietly(["recommend", "--run", run, "--top", "3", "--out", out, ...args]);
      assert.equal(code, 0, said);
      return jsonLines(await Deno.readTextFile(out)) as Listed[];
    };
    const several = ["--met", `${folder}/log.csv`];
    for (const name of ["mf:dim=2", "mf:dim=2,bias=true", "sasrec:dim=2,length=2,dropout=0"]) {
      await writeSmallRun(run, { backbone: name });
      const runtime = await openRuntime({ provider: "wasm", seed: 3 }), { backbone, catalogue } = await openRun(run);
      await runtime.load((await readModel(run)).weights);
      await (await openScorer(runtime, backbone, catalogue, { rows: 1, columns: 4 })).dispose(); // draws what else it has
      await writeModel(run, { ...await readModel(run), weights: await runtime.save() });
      await runtime.dispose();
      for (const more of [[], ["--without", `${folder}/sold-out.txt`]]) {
        const lists = await listed(...several, ...more);
        assert.deepEqual(lists.map(({ user }) => user), ["dan", "ann", "zoe", "eve"]);
        assert.deepEqual(lists[2]!.items, [], "nothing is known of what zoe has met");
        for (const [user, met] of MET) {
          const [own] = await listed("--items", met, ...more);
          assert.deepEqual(lists.find((list) => list.user === user)!.items, own!.items, `${name} ${user} ${more}`);
        }
      }
    }
    await writeSmallRun(run);
    const right = await listed(...several, "--c0", "0.5", "--decay", "0.1");
    const [eve] = await listed("--items", "gin", "--c0", "0.5", "--decay", "0.1");
    assert.deepEqual(right[3]!.items, eve!.items);
    assert.equal((await quietly(["index", "--run", run])).code, 0);
    const items = (lists: readonly Listed[]) => lists.map((list) => list.items.map(({ item }) => item));
    assert.deepEqual(items(await listed(...several, "--index")), items(await listed(...several)));
  }));

Deno.test("more people than are asked at a time have their lists in the order of the log, as CSV with the users' names", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, names = Array.from({ length: 600 }, (_, at) => `p${at}`);
    await writeSmallRun(run);
    const met = (at: number) => SMALL.items[[0, 2, 3][at % 3]!]!;
    await Deno.writeTextFile(`${folder}/log.csv`, names.map((name, at) => `${name},${met(at)}\n`).join(""));
    const args = [
      "recommend",
      "--run",
      run,
      "--met",
      `${folder}/log.csv`,
      "--top",
      "1",
      "--out",
      `${folder}/lists.csv`,
    ];
    assert.equal((await quietly(args)).code, 0);
    const [header, ...rows] = (await Deno.readTextFile(`${folder}/lists.csv`)).trimEnd().split("\n");
    assert.equal(header, "user,rank,item,score,title");
    assert.deepEqual(rows.map((row) => row.split(",")[0]), names);
    const rest = (row: string) => row.replace(/^\w+,/, "");
    rows.forEach((row, at) => assert.equal(rest(row), rest(rows[at % 3]!)));
    assert.equal(new Set(rows.slice(0, 3).map(rest)).size > 1, true);
  }));

Deno.test("a log of people is read as the run's own was, where nothing else is said, and what is left out is told", () =>
  inFolder(async (folder) => {
    await writeSmallRun(`${folder}/run`);
    await Deno.writeTextFile(`${folder}/log.csv`, "stars,who,what\n5,dan,rum\n1,dan,tea\n4,eve,beer\n2,fay,gin\n");
    await Deno.writeTextFile(
      `${folder}/run/config.yaml`,
      "userColumn: who\nitemColumn: what\nratingColumn: stars\nminRating: 3\ncore: 9\n",
    );
    const args = ["recommend", "--run", "run", "--met", "log.csv", "--json"];
    const { code, stdout, stderr } = await foil(args, folder);
    assert.equal(code, 0, stderr);
    const all = (text: string) => jsonLines(text).map(({ user, items }) => [user, items.length]);
    assert.deepEqual(all(stdout), [["dan", 3], ["eve", 0]]);
    for (
      const line of [
        /^lists for 2 users of "log\.csv"$/m,
        /^ {2}left out: 1 interaction of items that the run does not know$/m,
        /^1 of 2 users got nothing: /m,
        /2 rows .*rated below 3/,
      ]
    ) assert.match(stderr, line);
    const low = await foil([...args, "--min-rating", "1"], folder);
    assert.deepEqual(all(low.stdout), [["dan", 2], ["eve", 0], ["fay", 3]]);
  }));

Deno.test("what says no people is refused by name", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`;
    await writeSmallRun(run);
    await Deno.writeTextFile(`${folder}/log.csv`, LOG);
    await Deno.writeTextFile(`${folder}/beer.csv`, "user,item\ndan,beer\n");
    await Deno.mkdir(`${folder}/parted`);
    for (const part of ["train", "test"]) await Deno.writeTextFile(`${folder}/parted/${part}.txt`, "0 0 1\n1 1\n");
    const met = ["--met", `${folder}/log.csv`];
    for (
      const [args, message] of [
        [["--met", `${folder}/none.csv`], /none\.csv": no such file/],
        [
          ["--met", `${folder}/beer.csv`],
          /by ".*beer\.csv": run ".*" knows none of its items \(its first is "tea", there "beer"\)/,
        ],
        [["--met", `${folder}/parted`], /by ".*parted": expected one log, found one that is parted/],
        [[...met, "--users", "all"], /--met is instead of users and --items, found both/],
        [[...met, "--items", "tea"], /--met is instead of users and --items, found both/],
        [[...met, "--include-seen"], /--include-seen is for users of the log, found --met/],
        [["--users", "all", "--min-rating", "3"], /Cannot use --min-rating without --met/],
        [[...met, "--user-column", "who"], /"who"/],
      ] as const
    ) {
      const { code, said } = await quietly(["recommend", "--run", run, ...args]);
      assert.equal(code, 1, args.join(" "));
      assert.match(said, message);
    }
    await writeSmallRun(run, { backbone: "hmf:dim=2" });
    assert.match(
      (await quietly(["recommend", "--run", run, ...met])).said,
      /to somebody new: backbone "hmf:dim=2" knows users by their ids alone/,
    );
  }));
