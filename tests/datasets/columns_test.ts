import assert from "node:assert/strict";
import { columnsByName, columnsByPosition, quoted } from "../../datasets/columns.ts";

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

Deno.test("a message has twenty names, and says how many more there are only where there are more", () => {
  const names = Array.from({ length: 21 }, (_, at) => `c${at}`);
  assert.match(quoted(names), /"c19", and 1 more$/);
  assert.match(quoted(names.slice(0, 20)), /"c19"$/);
});
