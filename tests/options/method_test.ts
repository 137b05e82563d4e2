import assert from "node:assert/strict";
import { define, find } from "../../options/method.ts";
import { integer } from "../../options/option.ts";

const about = {
  name: "first",
  summary: "The first few.",
  citation: "nobody",
  options: { count: integer(2, "how many") },
};
const first = define(about, ({ count }) => (xs: readonly number[]) => xs.slice(0, count));

Deno.test("a method makes a thing of its options, defaults for those left out", () => {
  assert.deepEqual(first()([1, 2, 3]), [1, 2]);
  assert.deepEqual(first({})([1, 2, 3]), [1, 2]);
  assert.deepEqual(first({ count: 1 })([1, 2, 3]), [1]);
});

Deno.test("a method says what it is", () => {
  assert.deepEqual(
    { name: first.name, summary: first.summary, citation: first.citation, options: first.options },
    about,
  );
});

Deno.test("a method refuses what its options do not take", () => {
  assert.throws(() => first({ count: 1.5 }), /Cannot make "first": option "count" takes a whole number, found 1.5/);
  assert.throws(() => first({ counts: 1 } as object), /Cannot make "first": it has no option "counts"; it has "count"/);
});

Deno.test("a method is found by its name in a registry, and a wrong name is answered with the right ones", () => {
  const registry = { first, second: first };
  assert.equal(find(registry, "method", "second"), first);
  assert.throws(() => find(registry, "method", "third"), /There is no method "third"; there are "first", "second"/);
  assert.throws(() => find(registry, "method", "toString"), /There is no method "toString"/);
  assert.throws(() => find(registry, "method", "__proto__"), /There is no method "__proto__"/);
});
