import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Arena } from "../../runtime/arena.ts";

const ROWS = 6;
// some rows shorter than a vector, some longer than what is unrolled
const width = fc.oneof(fc.integer({ min: 1, max: 41 }), fc.constantFrom(64, 126, 128, 131, 200));
const cases = fc.record({ width, ids: fc.array(fc.nat(ROWS - 1), { maxLength: 7 }) });

/** A table of consecutive numbers, ids, and space for their rows. */
function place(arena: Arena, ids: readonly number[], width: number) {
  const table = arena.allocate(ROWS * width), rows = arena.allocate(ids.length * width);
  const places = arena.allocate(ids.length);
  table.view().set(Array.from({ length: ROWS * width }, (_, at) => at));
  rows.view().set(Array.from({ length: ids.length * width }, (_, at) => at / 2));
  places.ints().set(ids);
  return { table, rows, places };
}

Deno.test("rows are gathered, and scaled and added one after another, as plain loops would", () => {
  fc.assert(
    fc.property(cases, ({ width, ids }) => {
      const arena = new Arena(), { table, rows, places } = place(arena, ids, width);
      const out = arena.allocate(ids.length * width), after = arena.allocate(4);
      const start = Array.from(table.view()), row = (id: number) => start.slice(id * width, (id + 1) * width);
      arena.rows.gather(width)(ids.length, places.byteOffset, table.byteOffset, out.byteOffset);
      assert.deepEqual(Array.from(out.view()), ids.flatMap(row));

      const scales = arena.allocate(ids.length), order = arena.allocate(ids.length);
      scales.view().set(ids.map((_, at) => at + 2));
      order.ints().set(ids.map((_, at) => ids.length - 1 - at));
      for (const strides of [[0], [4], [4, 0]]) {
        const sums = Array.from(table.view());
        ids.forEach((id, at) => {
          for (const stride of strides) {
            const source = (ids.length - 1 - at) * width, scale = stride > 0 ? at + 2 : 2;
            for (let d = 0; d < width; d++) sums[id * width + d]! += scale * rows.view()[source + d]!;
          }
        });
        const terms = strides.flatMap((stride) => [scales.byteOffset, stride, order.byteOffset, rows.byteOffset]);
        const add = arena.rows.add(width, strides.length);
        add(ids.length, places.byteOffset, table.byteOffset, ...terms);
        assert.deepEqual(Array.from(table.view()), sums);
      }
      assert.deepEqual(after.view(), new Float32Array(4));
    }),
    { numRuns: 100, seed: 2 },
  );
});

Deno.test("inner products of any width are those of plain loops, and the same for equal rows", () => {
  const shapes = fc.record({ width, each: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(shapes, fc.array(fc.nat(ROWS - 1), { maxLength: 4 }), ({ width, each }, asked) => {
      const arena = new Arena(), table = arena.allocate(ROWS * width), queries = arena.allocate(ROWS * width);
      table.view().set(Array.from({ length: ROWS * width }, (_, at) => Math.sin(at)));
      queries.view().set(Array.from({ length: ROWS * width }, (_, at) => Math.cos(at * at)));
      const ids = asked.flatMap((id) => Array.from({ length: each }, (_, at) => (id + at) % ROWS));
      const askedAt = arena.allocate(asked.length), idsAt = arena.allocate(ids.length);
      const out = arena.allocate(ids.length), after = arena.allocate(4);
      askedAt.ints().set(asked);
      idsAt.ints().set(ids);
      const at = [idsAt, table, out].map(({ byteOffset }) => byteOffset) as [number, number, number];
      arena.rows.dots(width)(asked.length, askedAt.byteOffset, queries.byteOffset, each, ...at);
      const row = ({ view }: { view(): Float32Array }, id: number) => view().subarray(id * width, (id + 1) * width);
      ids.forEach((id, slot) => {
        const query = row(queries, asked[Math.floor(slot / each)]!);
        const product = row(table, id).reduce((sum, x, d) => sum + x * query[d]!, 0);
        assert(Math.abs(out.view()[slot]! - product) <= 1e-5, `${out.view()[slot]} is not ${product}`);
        const twin = ids.findIndex((other, before) =>
          other === id && asked[Math.floor(before / each)] === asked[Math.floor(slot / each)]
        );
        assert.equal(out.view()[slot], out.view()[twin]);
      });
      assert.deepEqual(after.view(), new Float32Array(4));
    }),
    { numRuns: 100, seed: 4 },
  );
});
