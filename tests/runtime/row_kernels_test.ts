import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Arena } from "../../runtime/arena.ts";

const ROWS = 6;
const cases = fc.record({ width: fc.integer({ min: 1, max: 9 }), ids: fc.array(fc.nat(ROWS - 1), { maxLength: 7 }) });

/** A table of consecutive numbers, ids, and space for their rows. */
function place(arena: Arena, ids: readonly number[], width: number) {
  const table = arena.allocate(ROWS * width), rows = arena.allocate(ids.length * width);
  const places = arena.allocate(ids.length);
  table.view().set(Array.from({ length: ROWS * width }, (_, at) => at));
  rows.view().set(Array.from({ length: ids.length * width }, (_, at) => at / 2));
  places.ints().set(ids);
  return { table, rows, places, bytes: width * 4 };
}

Deno.test("rows are gathered, added one after another and cleared as plain loops would", () => {
  fc.assert(
    fc.property(cases, ({ width, ids }) => {
      const arena = new Arena(), { table, rows, places, bytes } = place(arena, ids, width);
      const out = arena.allocate(ids.length * width), after = arena.allocate(4);
      const start = Array.from(table.view()), row = (id: number) => start.slice(id * width, (id + 1) * width);
      arena.rows.gather(ids.length, places.byteOffset, out.byteOffset, table.byteOffset, bytes);
      assert.deepEqual(Array.from(out.view()), ids.flatMap(row));

      const sums = start.slice();
      ids.forEach((id, at) => {
        for (let d = 0; d < width; d++) sums[id * width + d]! += rows.view()[at * width + d]!;
      });
      arena.rows.add(ids.length, places.byteOffset, rows.byteOffset, table.byteOffset, bytes);
      assert.deepEqual(Array.from(table.view()), sums);

      arena.rows.clear(ids.length, places.byteOffset, table.byteOffset, bytes);
      const touched = new Set(ids);
      assert.deepEqual(Array.from(table.view()), sums.map((x, at) => touched.has(Math.floor(at / width)) ? 0 : x));
      assert.deepEqual(after.view(), new Float32Array(4));
    }),
    { numRuns: 100, seed: 2 },
  );
});
