import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { add } from "../../graphs/ops/arithmetic.ts";
import { greater, greaterOrEqual, less, lessOrEqual, where } from "../../graphs/ops/compare.ts";
import { reshape } from "../../graphs/ops/shape.ts";
import { hostIds } from "../../runtime/host_ids.ts";
import { openRuntime } from "../../runtime/providers.ts";

const R = 5;
const graph = () => {
  const g = new GraphBuilder();
  return { g, fed: g.input("fed", "int32", [R, 1]), other: g.input("other", "int32", [R, 1]) };
};
const isFed = (value: Value) => !value.node && !value.data;

Deno.test("ids that stand in where others compare so are known without a session", () => {
  const { fed, other } = graph();
  const cases: readonly (readonly [Value, (a: number, b: number) => number])[] = [
    [where(less(fed, 0), other, fed), (a, b) => a < 0 ? b : a],
    [where(lessOrEqual(fed, other), reshape(other, [R, 1]), 7), (a, b) => a <= b ? b : 7],
    [where(greater(other, fed), 3, other), (a, b) => b > a ? 3 : b],
    [
      reshape(where(greaterOrEqual(fed, 2), other, where(less(other, 2), fed, 1)), [R]),
      (a, b) => a >= 2 ? b : b < 2 ? a : 1,
    ],
  ];
  const ids = fc.array(fc.integer({ min: -2, max: 4 }), { minLength: R, maxLength: R });
  fc.assert(
    fc.property(ids, ids, (one, two) => {
      const feeds = { fed: Int32Array.from(one), other: Int32Array.from(two) };
      for (const [value, plain] of cases) {
        const found = hostIds(value, isFed)!((known) => feeds[known.name as keyof typeof feeds]);
        assert.deepEqual([...found], one.map((a, at) => plain(a, two[at]!)));
      }
    }),
    { numRuns: 100, seed: 8 },
  );
});

Deno.test("a program gives such ids beside what its session computes", async () => {
  const { g, fed, other } = graph(), runtime = await openRuntime({ provider: "wasm" });
  const program = await runtime.compile(g, {
    outputs: {
      ids: where(less(fed, 0), other, fed),
      isLess: less(fed, 0),
      same: reshape(fed, [R]),
      sum: add(fed, other),
    },
  });
  const feeds = { fed: Int32Array.of(1, -1, 0, -2, 3), other: Int32Array.of(5, 6, 7, 8, 9) };
  const found = await program.run(feeds);
  assert.deepEqual(found, {
    ids: Int32Array.of(1, 6, 0, 8, 3),
    isLess: Uint8Array.of(0, 1, 0, 1, 0),
    same: feeds.fed,
    sum: Int32Array.of(6, 5, 7, 6, 12),
  });
  assert.notEqual(found.same, feeds.fed, "a result is its own");
  await program.dispose();
  await runtime.dispose();
});

Deno.test("what is not put together of known ids is not the host's", () => {
  const { g, fed, other } = graph();
  assert.equal(hostIds(add(fed, other), isFed), null, "a sum");
  assert.equal(hostIds(where(less(add(fed, 1), 0), other, fed), isFed), null, "of a sum");
  assert.equal(hostIds(where(less(fed, 0), other, fed), (value) => value === fed), null, "of what is not known");
  const row = g.input("row", "int32", [1, 4]);
  assert.equal(hostIds(where(less(fed, row), fed, 0), isFed), null, "broadcast");
});
