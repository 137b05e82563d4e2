import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { InputError } from "../../datasets/input_error.ts";
import { loadDataset, type LoadOptions } from "../../datasets/load.ts";
import { withFiles } from "./with_files.ts";
import { zipOf } from "./zip_of.ts";

const PLAYS = "create table plays (user text, item integer, rating real, time integer); insert into plays values " +
  "('ann', 9007199254740993, 5, 60), ('bob', 2, 1.5, 120), ('bob', 2, 4, 180)";

/** Runs with the path of a database that these statements made. */
const withDatabase = (sql: string, run: (path: string, folder: string) => Promise<void>) =>
  withFiles({}, async (folder) => {
    const path = `${folder}/my.sqlite`, database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    await run(path, folder);
  });
const rejects = (path: string, query: LoadOptions["query"], message: RegExp) =>
  assert.rejects(loadDataset(path, { ...query && { query } }), (error) => {
    assert(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });

Deno.test("an SQLite database is read by query, by table, or by its one table of interactions", () =>
  withDatabase(`${PLAYS}; create table songs (item integer, title text)`, async (path) => {
    for (const query of [undefined, { table: "plays" }, { sql: "select time, item, user, rating from plays" }]) {
      const { train, userIds, itemIds, name } = await loadDataset(path, { ...query && { query } });
      assert.deepEqual([name, userIds.names, itemIds.names], ["my", ["ann", "bob"], ["9007199254740993", "2"]]);
      assert.deepEqual([train.ratings, train.times], [Float32Array.of(5, 4), Float64Array.of(60, 180)]);
    }
    const chosen = await loadDataset(path, {
      query: { sql: "select user as who, item as what, rating as liked from plays where rating > 3" },
      columns: { user: "who", item: "what", rating: "liked" },
      minRating: 4.5,
    });
    assert.deepEqual(chosen.userIds.names, ["ann"]);
    const { notes } = await loadDataset(path, { query: { sql: "select user, item as user_id, item from plays" } });
    assert(notes.includes('train: columns read are user "user", item "item"; not "user_id"'), notes.join());
  }));

Deno.test("mistakes in SQL and in tables are told by SQLite's words, and nothing is written", () =>
  withDatabase(`${PLAYS}; create table views (user text, item text); insert into plays values (null, 3, 1, 1)`, async (
    path,
    folder,
  ) => {
    const before = await Deno.readFile(path);
    await rejects(path, undefined, /which interactions\? tables "plays", "views" have them; say --table, or --sql/);
    await rejects(path, { table: "songs" }, /no table "songs" among "plays", "views"/);
    await rejects(path, { table: "views" }, /it has no interactions/);
    await rejects(path, { table: "plays" }, /row 4: its user is missing/);
    await rejects(path, { sql: "selec user from plays" }, /my.sqlite": SQLite says: near "selec": syntax error/);
    await rejects(path, { sql: "select user, item from songs" }, /SQLite says: no such table: songs/);
    await rejects(path, { sql: "select user, 1 as n from plays" }, /no item column among "user", "n"/);
    await rejects(path, { sql: "delete from plays" }, /"delete from plays" answers no rows/);
    const insert = "insert into views values ('ann', '5') returning user, item";
    await rejects(path, { sql: insert }, /SQLite says: attempt to write a readonly database/);
    await rejects(path, { sql: " " }, /answers no rows: a query selects them/);
    assert.deepEqual(await Deno.readFile(path), before);

    await Deno.writeFile(`${folder}/broken.db`, before.map((byte, at) => at < 100 ? byte : 255));
    await rejects(`${folder}/broken.db`, undefined, /SQLite says: .*malformed/);
    await Deno.writeFile(`${folder}/a.zip`, await zipOf({ "my.db": before, "readme.txt": "x" }));
    await rejects(`${folder}/a.zip/my.db`, undefined, /it is a database, which is read where it lies on disk: unpack/);
    await Deno.writeTextFile(`${folder}/log.csv`, "user,item\na,b\n");
    await rejects(`${folder}/log.csv`, { sql: "select 1" }, /it is no database of SQLite or DuckDB to ask/);
  }));

Deno.test("a row that SQLite fails at is an error, not the end of the rows", () =>
  withDatabase(
    `${PLAYS}; create table notes (user text, item text, more text);
    insert into notes values ('ann', 'x', '1'), ('bob', 'y', '2'), ('cat', 'z', '{'), ('dan', 'w', '4')`,
    async (path) => {
      for (const column of ["json_extract(more, '$') as rating", "json_extract(more, '$')"]) {
        for (const end of ["", ";", " -- of all"]) {
          await rejects(path, { sql: `select user, item, ${column} from notes${end}` }, /SQLite says: malformed JSON/);
        }
      }
      const names = async (sql: string) => (await loadDataset(path, { query: { sql } })).userIds.names;
      assert.deepEqual(await names("select user, item from notes; select 1"), ["ann", "bob", "cat", "dan"]);
      assert.deepEqual(
        await names("with kept as (select * from notes where user > 'b') select * from kept order by user desc"),
        [
          "dan",
          "cat",
          "bob",
        ],
      );
      const columns = { user: "name", item: "type" }; // of what can be no part of a query
      const { train } = await loadDataset(path, { query: { sql: "pragma table_info(notes)" }, columns });
      assert.equal(train.users.length, 3);
    },
  ));
