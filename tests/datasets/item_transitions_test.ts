import assert from "node:assert/strict";
import { itemTransitions } from "../../datasets/item_transitions.ts";
import { Rng } from "../../random/rng.ts";

const rowsOf = ({ offsets, targets, weights }: ReturnType<typeof itemTransitions>) =>
  Array.from(
    { length: offsets.length - 1 },
    (_, item) =>
      new Map(Array.from(targets.subarray(offsets[item], offsets[item + 1]), (to, at) =>
        [to, weights[offsets[item]! + at]!] as const)),
  );

Deno.test("an edge weighs the reciprocals of its gaps, times what its ends' neighbours are few", () => {
  // a user who met 0 1 2 0 3, and one who met 1 0
  const met = { offsets: Int32Array.of(0, 5, 7), items: Int32Array.of(0, 1, 2, 0, 3, 1, 0) };
  const [zero, one, two, three, lonely] = rowsOf(itemTransitions(met, 5, 2));
  const near = (found: number | undefined, wanted: number) => assert(Math.abs(found! - wanted) < 1e-6, `${found}`);
  assert.deepEqual([zero, one, two, three, lonely].map((row) => [...row!.keys()]), [
    [1, 2, 3],
    [0, 2],
    [0, 1, 3],
    [0, 2],
    [],
  ]);
  near(zero!.get(1), (1 + 1 / 2 + 1) * (1 / 3 + 1 / 2)); // side by side, two apart, and once more by the other user
  near(one!.get(0), (1 + 1 / 2 + 1) * (1 / 3 + 1 / 2));
  near(zero!.get(2), (1 / 2 + 1) * (1 / 3 + 1 / 3));
  near(two!.get(3), 1 / 2 * (1 / 3 + 1 / 2));
});

Deno.test("the graph of random sequences is symmetric and has the edges that pairs within the gaps make", () => {
  const rng = new Rng(3, "walks"), lengths = [0, 1, 9, 4, 30], items = 12, offsets = new Int32Array(6);
  lengths.forEach((length, user) => offsets[user + 1] = offsets[user]! + length);
  const sequence = Int32Array.from({ length: offsets[5]! }, () => rng.below(items));
  for (const gaps of [1, 3, 50]) {
    const rows = rowsOf(itemTransitions({ offsets, items: sequence }, items, gaps));
    const wanted = new Set<string>();
    lengths.forEach((length, user) => {
      const own = sequence.subarray(offsets[user], offsets[user]! + length);
      own.forEach((a, at) => own.forEach((b, to) => a !== b && Math.abs(at - to) <= gaps && wanted.add(`${a} ${b}`)));
    });
    assert.deepEqual(new Set(rows.flatMap((row, a) => [...row.keys()].map((b) => `${a} ${b}`))), wanted);
    rows.forEach((row, a) => row.forEach((weight, b) => assert.equal(rows[b]!.get(a), weight)));
  }
});
