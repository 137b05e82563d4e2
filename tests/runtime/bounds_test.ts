import assert from "node:assert/strict";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { add } from "../../graphs/ops/arithmetic.ts";
import * as ops from "../../graphs/ops/mod.ts";
import { boundsOf, checkBounds, checkIds } from "../../runtime/bounds.ts";

Deno.test("ids are held to a table's rows however they were reshaped before, and at either end", () => {
  const forms: readonly ((ids: Value) => Value)[] = [
    (ids) => ids,
    (ids) => ops.reshape(ids, [4]),
    (ids) => ops.swapAxes(ids),
    (ids) => ops.expand(ids, [3, 2, 2]),
    (ids) => ops.cast(ids, "int64"),
    (ids) => ops.unsqueeze(ops.cast(ops.swapAxes(ids), "int64"), 0),
  ];
  for (const form of forms) {
    const g = new GraphBuilder(), table = g.variable("table", [5, 2], zeros), ids = g.input("ids", "int32", [2, 2]);
    ops.gather(table, form(ids));
    const bounds = boundsOf(g.nodes);
    assert.deepEqual(bounds, [{ input: ids, rows: 5, table: "table" }], form.toString());
    checkBounds(bounds, { ids: Int32Array.of(0, 4, 0, 4) });
    for (const id of [-1, 5]) {
      const run = () => checkBounds(bounds, { ids: Int32Array.of(0, 1, 2, id) });
      assert.throws(run, new RegExp(`input "ids" holds id ${id} at 3; "table" has rows 0 to 4`));
    }
  }
  const g = new GraphBuilder(), table = g.variable("table", [5, 2], zeros);
  ops.gather(table, add(g.input("ids", "int32", [2]), 1));
  assert.deepEqual(boundsOf(g.nodes), [], "what is computed of ids is not what is fed");
});

Deno.test("rows that a step computed are held to the table, too", () => {
  assert.deepEqual(checkIds(Int32Array.of(0, 4), 5, "table"), Int32Array.of(0, 4));
  for (const id of [-1, 5]) {
    assert.throws(() => checkIds(Int32Array.of(0, id), 5, "table"), new RegExp(`row ${id} was computed; "table" has`));
  }
});
