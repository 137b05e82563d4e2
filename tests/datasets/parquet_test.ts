import assert from "node:assert/strict";
import { parquetMetadata } from "npm:hyparquet@1.31.5";
import { idTable } from "../../datasets/id_table.ts";
import { InputError } from "../../datasets/input_error.ts";
import { loadDataset } from "../../datasets/load.ts";
import { parquetLog } from "../../datasets/parquet_log.ts";
import { inMemory, type RandomAccess } from "../../datasets/random_access.ts";
import { parquetFiles } from "./parquet_files.ts";
import { withFiles } from "./with_files.ts";
import { zipOf } from "./zip_of.ts";

Deno.test("Parquet of several row groups gives text and numbers as ids and timestamps in seconds", async () => {
  const ids = { users: idTable(), items: idTable() };
  const log = parquetLog(inMemory("a.parquet", parquetFiles.groups), {});
  const { users, items, times, ratings, notes } = await log.read(ids);
  assert.deepEqual(notes, ['columns read are user "user_id", item "item_id", time "time"; not "more"']);
  const rows = Array.from({ length: 4100 }, (_, i) => i);
  assert.deepEqual(Array.from(users, (id) => ids.users.names()[id]).slice(-3), ["u47", "u48", "u49"]);
  const names = { users: ids.users.names(), items: ids.items.names() };
  assert.deepEqual(Array.from(users, (id) => names.users[id]), rows.map((i) => `u${i % 50}`));
  assert.deepEqual(Array.from(items, (id) => names.items[id]), rows.map((i) => `${i % 7}`));
  assert.deepEqual([times, ratings], [Float64Array.from(rows, (i) => i % 10), undefined]);
});

Deno.test("only the columns that are read are fetched, of one row group after the other", async () => {
  const whole = inMemory("a.parquet", parquetFiles.groups), metadata = parquetMetadata(parquetFiles.groups.buffer);
  const startsOf = (name: string) =>
    metadata.row_groups.map(({ columns }) => {
      const { meta_data: found } = columns.find((column) => column.meta_data!.path_in_schema[0] === name)!;
      return Number(found!.dictionary_page_offset ?? found!.data_page_offset);
    });
  const fetched: (readonly [start: number, end: number])[] = [];
  const watched: RandomAccess = {
    ...whole,
    slice(start, end = whole.byteLength) {
      fetched.push([start, end]);
      return whole.slice(start, end);
    },
  };
  await parquetLog(watched, {}).read({ users: idTable(), items: idTable() });
  const [, ...columns] = fetched; // the first is the end of the file, where the metadata is
  const reached = (name: string) =>
    startsOf(name).map((at) => columns.findIndex(([start, end]) => start <= at && at < end));
  assert.deepEqual(reached("more"), [-1, -1, -1]);
  const [first, second] = ["user_id", "item_id", "time"].map(reached).reduce(
    ([a, b], [x, y]) => [Math.max(a!, x!), Math.min(b!, y!)],
    [-Infinity, Infinity],
  );
  assert(0 <= first! && first! < second!, `group 1 to fetch ${first}, group 2 from ${second}`);
});

Deno.test("Parquet loads from a file, a folder and an archive; columns are chosen by name and number", () => {
  return withFiles({ "plays.parquet": parquetFiles.snappy, "train.parquet": parquetFiles.snappy }, async (folder) => {
    await Deno.writeFile(`${folder}/a.zip`, await zipOf({ "plays.parquet": parquetFiles.snappy }));
    for (const path of [`${folder}/plays.parquet`, folder, `${folder}/a.zip`]) {
      const { train, itemIds } = await loadDataset(path);
      assert.deepEqual(itemIds.names, ["7", "8"]);
      assert.deepEqual([train.ratings, train.times], [Float32Array.of(4.5, 1), Float64Array.of(86400, 172800)]);
    }
    const swapped = await loadDataset(`${folder}/plays.parquet`, { columns: { user: "item", item: 1 }, minRating: 4 });
    assert.deepEqual([swapped.userIds.names, swapped.itemIds.names], [["7"], ["ann"]]);
  });
});

Deno.test("what is wrong in Parquet is told by file, row and column", async () => {
  const { nulls, gzip, brotli, snappy } = parquetFiles;
  const cases: readonly (readonly [Uint8Array<ArrayBuffer>, RegExp])[] = [
    [nulls, /^Cannot read "a.parquet": row 2: its user is missing: an id is text or a whole number$/],
    [gzip, /row 1: its item is a list/],
    [brotli, /^Cannot read "a.parquet": no user column among "buyer", "sku"/],
    [snappy.slice(0, 200), /it does not read as Parquet/],
    [snappy.map((byte, at) => at > 4 && at < 60 ? 255 : byte), /it does not read as Parquet|row \d+: its/],
  ];
  for (const [bytes, message] of cases) {
    const read = parquetLog(inMemory("a.parquet", bytes), {}).read({ users: idTable(), items: idTable() });
    await assert.rejects(read, (error) => {
      assert(error instanceof InputError, String(error));
      assert.match(error.message, message);
      return true;
    });
  }
});
