import assert from "node:assert/strict";
import { columnsByName, columnsByPosition } from "../../datasets/columns.ts";

Deno.test("no column is both the user's and the item's, whether it was asked for or is what is left", () => {
  const header = ["who", "what", "when"];
  assert.throws(
    () => columnsByName(header, { user: "who", item: "who" }, "log.csv"),
    /log\.csv.*the user column and the item column are both "who"/,
  );
  assert.throws(
    () => columnsByName(header, { user: "who", item: "what", time: "what" }, "log.csv"),
    /item column and the time/,
  );
  assert.throws(
    () => columnsByPosition(3, { user: 2 }, false, "log.csv"),
    /user column and the item column are both column 2/,
  );
  assert.deepEqual(columnsByPosition(3, { user: 2, item: 1 }, false, "log.csv").item, 0);
});
