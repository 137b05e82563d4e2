import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { idTable } from "../../datasets/id_table.ts";

Deno.test("names of any bytes and length get the numbers that a Map of them would give", () => {
  const name = fc.uint8Array({ maxLength: 12, min: 0, max: 255 }),
    few = fc.uint8Array({ maxLength: 9, min: 0, max: 1 });
  fc.assert(fc.property(fc.array(fc.oneof(name, few), { maxLength: 300 }), (names) => {
    const table = idTable(), numbers = new Map<string, number>();
    for (const bytes of names) {
      const key = bytes.join();
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      const padded = Uint8Array.of(7, ...bytes, 7);
      assert.equal(table.add(padded, 1, padded.length - 1), numbers.get(key), key);
    }
    assert.equal(table.size, numbers.size);
  }));
});

Deno.test("a table of many names stays right while it grows", () => {
  const table = idTable(), encoder = new TextEncoder(), count = 20_000;
  for (const pass of [0, 1]) {
    for (let id = 0; id < count; id++) {
      const bytes = encoder.encode(id % 3 === 0 ? `a longer name ${id}` : `${id}`);
      assert.equal(table.add(bytes, 0, bytes.length), id, `pass ${pass}`);
    }
  }
  assert.deepEqual([table.size, table.names()[3], table.names()[19_999]], [count, "a longer name 3", "19999"]);
});

Deno.test("a name that begins with a byte-order mark keeps it: without it, it is another name", () => {
  const table = idTable(), encoder = new TextEncoder();
  for (const name of ["\uFEFFa", "a"]) table.add(encoder.encode(name), 0, encoder.encode(name).length);
  assert.deepEqual(table.names(), ["\uFEFFa", "a"]);
});
