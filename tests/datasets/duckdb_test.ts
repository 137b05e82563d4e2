import assert from "node:assert/strict";
import { duckDbLog } from "../../datasets/duckdb_log.ts";
import { idTable } from "../../datasets/id_table.ts";
import { InputError } from "../../datasets/input_error.ts";
import { loadDataset, loadQuery } from "../../datasets/load.ts";
import { parquetFiles } from "./parquet_files.ts";
import { withFiles } from "./with_files.ts";

/** A database with a table of two plays, made by DuckDB itself. */
async function makeDatabase(path: string): Promise<void> {
  const { DuckDBInstance } = await import(["npm:@duckdb/node-api", "1.5.5-r.5"].join("@"));
  const instance = await DuckDBInstance.create(path), connection = await instance.connect();
  await connection.run("create table plays as select * from (values ('ann', 7), ('bob', 8)) t(user, item)");
  connection.closeSync();
  instance.closeSync();
}

Deno.test("a query asks files of all kinds by DuckDB, and databases, whose values become plain ones", () =>
  withFiles({ "a.csv": "user,item,when\nann,7,1970-01-02\n", "b.parquet": parquetFiles.snappy }, async (folder) => {
    await Deno.writeTextFile(`${folder}/c.jsonl`, '{"user": "cat", "item": 9007199254740993}\n');
    const { train, userIds, itemIds } = await loadQuery(
      `select user, item, "when" as time, 4.5::decimal(3,1) as rating from '${folder}/a.csv'
       union all select user, item, timestamp '1970-01-01 00:01:00', 2 from '${folder}/b.parquet' where user = 'bob'
       union all select user, item, date '1970-01-03', 3 from '${folder}/c.jsonl'`,
      { minRating: 3 },
    );
    assert.deepEqual([userIds.names, itemIds.names], [["ann", "cat"], ["7", "9007199254740993"]]);
    assert.deepEqual([train.times, train.ratings], [Float64Array.of(86400, 172800), Float32Array.of(4.5, 3)]);

    const ids = { users: idTable(), items: idTable() };
    const many = await duckDbLog(
      undefined,
      { sql: "select i % 9 as user, i as item, 1 as rank from range(5000) t(i)" },
      {},
    ).read(
      ids,
    );
    assert.deepEqual([many.users.length, ids.items.names()[4999]], [5000, "4999"]);
    assert.deepEqual(many.notes, ['columns read are user "user", item "item"; not "rank"']);

    const times = ["date '1970-01-03'", "timestamp_s '1970-01-01 00:01:00'", "timestamp_ms '1970-01-01 00:01:00.5'"]
      .concat("timestamp_ns '1970-01-01 00:01:00.125'", "timestamptz '1970-01-01 02:01:00+02'");
    const read = await Promise.all(times.map((time) => loadQuery(`select 1 as user, 2 as item, ${time} as time`)));
    assert.deepEqual(read.map(({ train }) => train.times![0]), [172800, 60, 60.5, 60.125, 60]);
    const late = "select 1 as user, case when i < 4000 then i end as item from range(4500) t(i)"; // in a later chunk
    await assert.rejects(loadQuery(late), /row 4001: its item is missing/);

    await makeDatabase(`${folder}/my.duckdb`);
    for (const query of [{ table: "plays" }, { sql: "select item as user, user as item from plays" }]) {
      const { train } = await loadDataset(`${folder}/my.duckdb`, { query });
      assert.equal(train.users.length, 2);
    }
    const rejects = (run: Promise<unknown>, message: RegExp) =>
      assert.rejects(run, (error) => {
        assert(error instanceof InputError, String(error));
        assert.match(error.message, message);
        return true;
      });
    await rejects(loadDataset(`${folder}/my.duckdb`), /which interactions\? Say --table, or --sql/);
    await rejects(
      loadDataset(`${folder}/my.duckdb`, { query: { sql: "drop table plays" } }),
      /my.duckdb": DuckDB says: .*read-only/,
    );
    await rejects(
      loadQuery("selec 1"),
      /^Cannot read "selec 1": DuckDB says: Parser Error: syntax error .* LINE 1: selec/,
    );
    await rejects(loadQuery("select user, item from 'no.csv'"), /DuckDB says: IO Error: No files found/);
    await rejects(loadQuery("select 1 as user"), /no item column among "user"/);
    await rejects(loadQuery("select 1 as user, [2] as item"), /row 1: its item is an object/);
    await rejects(loadQuery("select 1 as user, 2 as item limit 0"), /it has no interactions/);
  }));
