import assert from "node:assert/strict";
import { type Entry, writeTable } from "../../cli/table.ts";
import { inFolder } from "./foil.ts";

const columns = { user: "text", rank: "whole", score: "real", title: "text" } as const;
const PARQUET = ["npm:hyparquet", "1.31.5"].join("@");

/** Entries of 1000 rows each. */
async function* entries(count: number, between: (at: number) => Promise<void> = async () => {}): AsyncGenerator<Entry> {
  for (let at = 0; at < count; at++) {
    await between(at);
    const rows = Array.from({ length: 1000 }, (_, row) => [`ü${at}`, row + 1, row / 8, row % 2 ? null : `"t,${row}"`]);
    yield { record: { user: at }, rows };
  }
}

Deno.test("a Parquet file is written in row groups and reads back as what was written", () =>
  inFolder(async (folder) => {
    const path = `${folder}/lists.parquet`;
    assert.equal(await writeTable(path, columns, entries(70)), 70_000);
    const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import(PARQUET);
    const file = await asyncBufferFromFile(path), { row_groups, num_rows } = await parquetMetadataAsync(file);
    assert.deepEqual([num_rows, row_groups.length], [70_000n, 2]);
    assert.deepEqual(await parquetReadObjects({ file, rowStart: 0, rowEnd: 2 }), [
      { user: "ü0", rank: 1, score: 0, title: '"t,0"' },
      { user: "ü0", rank: 2, score: 0.125, title: null },
    ]);
    const [last] = await parquetReadObjects({ file, rowStart: 69_999, rowEnd: 70_000 });
    assert.deepEqual(last, { user: "ü69", rank: 1000, score: 999 / 8, title: null });
    assert.equal(await writeTable(path, columns, entries(0)), 0);
    assert.equal((await parquetReadObjects({ file: await asyncBufferFromFile(path) })).length, 0);
  }));

Deno.test("a Parquet file takes a list of more items than a call takes arguments", () =>
  inFolder(async (folder) => {
    const long = async function* () {
      for await (const { record, rows } of entries(1)) {
        yield { record, rows: Array.from({ length: 200 }, () => rows).flat() };
      }
    };
    assert.equal(await writeTable(`${folder}/lists.parquet`, columns, long()), 200_000);
  }));

for (const ending of ["csv", "jsonl", "parquet"]) {
  Deno.test(`a .${ending} grows as rows come, and appears under its name when all are there`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/lists.${ending}`, sizes: number[] = [];
      const size = async () => void sizes.push((await Deno.stat(`${path}.tmp`)).size);
      const long = (entry: Entry) => ({ ...entry, record: { rows: entry.rows } });
      const source = async function* () {
        for await (const entry of entries(140, (at) => at === 0 || at === 139 ? size() : Promise.resolve())) {
          yield long(entry);
        }
      };
      await writeTable(path, columns, source());
      assert.equal(sizes[0], 0);
      assert(sizes[1]! > 0.4 * (await Deno.stat(path)).size, "most is on disk before the last row comes");
      await assert.rejects(Deno.stat(`${path}.tmp`));
    }));

  Deno.test(`a .${ending} whose rows stop coming leaves the file that was there before, and no other`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/lists.${ending}`;
      await Deno.writeTextFile(path, "before");
      const broken = entries(9, (at) => at === 8 ? Promise.reject(new Error("no more")) : Promise.resolve());
      await assert.rejects(writeTable(path, columns, broken), /no more/);
      assert.equal(await Deno.readTextFile(path), "before");
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), [`lists.${ending}`]);
    }));
}
