import assert from "node:assert/strict";
import { methodSpec } from "../../options/method_spec.ts";

Deno.test("an option that is given twice is an error, not the later of the two", () => {
  assert.throws(() => methodSpec("sampler", "dns:pool=3,pool=4"), /"pool" is given twice in "dns:pool=3,pool=4"/);
});
