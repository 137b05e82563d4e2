import assert from "node:assert/strict";
import { SeenItems } from "../../datasets/negatives.ts";
import { Rng } from "../../random/rng.ts";
import { keptColumns, metOrOwn } from "../../samplers/kept_columns.ts";

Deno.test("a row drops every column of an item that it leaves out, however often it is there", () => {
  const columns = Int32Array.of(3, 1, 3, 0), out = [[3], [], [0, 1, 2], [3, 0, 1]];
  const kept = keptColumns(4)(columns, 4, (row) => Int32Array.from(out[row]!));
  assert.deepEqual([...kept], [
    ...[0, 1, 0, 1],
    ...[1, 1, 1, 1],
    ...[1, 0, 1, 0],
    ...[0, 0, 0, 0],
  ]);
});

Deno.test("masks agree with asking for each row and column whether the item is left out", () => {
  const rng = new Rng(3, "columns"), ITEMS = 30, ROWS = 20, maskOf = keptColumns(ITEMS);
  const any = (count: number) => Int32Array.from({ length: count }, () => rng.below(ITEMS));
  for (const width of [1, 7, 50]) {
    const columns = any(width), out = Array.from({ length: ROWS }, (_, row) => any(row));
    const wanted = out.flatMap((items) => Array.from(columns, (item) => items.includes(item) ? 0 : 1));
    assert.deepEqual([...maskOf(columns, ROWS, (row) => out[row]!)], wanted);
  }
});

Deno.test("a row leaves out what its user has met, however much, and its own positive", () => {
  const MANY = 300_000, positives = Int32Array.from({ length: MANY }, (_, item) => item + 1);
  const seen = new SeenItems({ users: 1, items: MANY + 2, offsets: Int32Array.of(0, MANY), positives });
  const batch = { rows: 2, first: 0, users: new Int32Array(2), positives: Int32Array.of(2, 0) };
  const leftOut = metOrOwn(batch, seen);
  assert.deepEqual(leftOut(0), positives);
  assert.deepEqual(leftOut(1).toSorted(), Int32Array.from({ length: MANY + 1 }, (_, item) => item));
});
