import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { attributeIdf } from "../../datasets/attribute_idf.ts";
import { catalogue } from "../../datasets/catalogue.ts";
import { contains } from "../../datasets/contains.ts";
import { difference } from "../../datasets/difference.ts";
import { interactions } from "../../datasets/interactions.ts";
import { invert } from "../../datasets/invert.ts";
import { jaccard } from "../../datasets/jaccard.ts";
import type { Relation } from "../../datasets/metadata.ts";
import { relation } from "../../datasets/relation.ts";
import { socialItems } from "../../datasets/social_items.ts";

const ROWS = 5, TARGETS = 6;
const entry = fc.tuple(fc.nat({ max: ROWS - 1 }), fc.nat({ max: TARGETS - 1 }), fc.integer({ min: 1, max: 4 }));
/** Entries of 5 rows and 6 targets, repeats included: row, target, and a number that is both weight and time. */
const anyEntries = fc.array(entry, { maxLength: 40 });
type Listed = readonly (readonly [row: number, target: number, number: number])[];

const relate = (entries: Listed): Relation =>
  relation({
    rows: Int32Array.from(entries, ([row]) => row),
    targets: Int32Array.from(entries, ([, target]) => target),
    weights: Float32Array.from(entries, ([, , number]) => number),
    times: Float64Array.from(entries, ([, , number]) => number),
    rowCount: ROWS,
    targetCount: TARGETS,
  });
const list = ({ offsets, targets, weights, times }: Relation) =>
  Array.from(
    targets,
    (target, at) => [offsets.findLastIndex((offset) => offset <= at), target, weights![at], times![at]],
  );
const rowOf = ({ offsets, targets }: Relation, row: number) =>
  new Set(targets.subarray(offsets[row], offsets[row + 1]));

Deno.test("a relation has each pair once, ascending, with the sum of its weights and the first of its times", () => {
  fc.assert(fc.property(anyEntries, (entries) => {
    const pairs = new Map<string, [number, number, number, number]>();
    for (const [row, target, number] of entries) {
      const [, , weight, time] = pairs.get(`${row} ${target}`) ?? [row, target, 0, Infinity];
      pairs.set(`${row} ${target}`, [row, target, weight + number, Math.min(time, number)]);
    }
    const expected = [...pairs.values()].sort(([a, c], [b, d]) => a - b || c - d);
    assert.deepEqual(list(relate(entries)), expected);
  }));
});

Deno.test("a relation refuses ids out of range and columns of other lengths", () => {
  const sizes = { rowCount: 2, targetCount: 2 };
  const ids = Int32Array.of(0, 1);
  assert.throws(() => relation({ rows: ids, targets: Int32Array.of(0, 2), ...sizes }), /target 2 \(entry 1\).*below 2/);
  assert.throws(() => relation({ rows: Int32Array.of(-1, 0), targets: ids, ...sizes }), /row -1 \(entry 0\)/);
  assert.throws(() => relation({ rows: ids, targets: Int32Array.of(0), ...sizes }), /2 "rows" to 1 "targets"/);
  assert.throws(
    () => relation({ rows: ids, targets: ids, weights: Float32Array.of(1), ...sizes }),
    /2 "rows" to 1 "weights"/,
  );
});

Deno.test("inverting turns each entry round with its weight and time, and twice gives the relation back", () => {
  fc.assert(fc.property(anyEntries, (entries) => {
    const found = relate(entries), inverted = invert(found, TARGETS);
    assert.deepEqual(invert(inverted, ROWS), found);
    const turned = list(found).map(([row, target, ...numbers]) => [target!, row!, ...numbers]);
    assert.deepEqual(list(inverted), turned.sort(([a, c], [b, d]) => a! - b! || c! - d!));
  }));
});

Deno.test("contains, difference and jaccard agree with sets", () => {
  fc.assert(fc.property(anyEntries, anyEntries, (some, others) => {
    const a = relate(some), b = relate(others), less = difference(a, b);
    for (let row = 0; row < ROWS; row++) {
      const own = rowOf(a, row), other = rowOf(b, row);
      for (let target = 0; target < TARGETS; target++) assert.equal(contains(a, row, target), own.has(target));
      assert.deepEqual(rowOf(less, row), own.difference(other));
      const next = (row + 1) % ROWS, neighbour = rowOf(a, next), union = own.union(neighbour).size;
      assert.equal(jaccard(a, row, next), union > 0 ? own.intersection(neighbour).size / union : 0);
    }
    const beside = new Map(list(a).map(([row, target, ...numbers]) => [`${row} ${target}`, numbers]));
    for (const [row, target, ...numbers] of list(less)) assert.deepEqual(numbers, beside.get(`${row} ${target}`));
  }));
});

Deno.test("IDF is the logarithm of items over items that have the attribute; 0 where all or none have it", () => {
  // of 4 items all have attribute 0, one has attribute 1, two have attribute 2, none has attribute 3
  const attributes = { offsets: Int32Array.of(0, 1, 3, 5, 6), targets: Int32Array.of(0, 0, 1, 0, 2, 0) };
  const idf = attributeIdf({ ...attributes, names: ["all", "one", "also one", "none"] });
  assert.deepEqual(idf, Float32Array.of(0, Math.log(4), Math.log(4), 0));
});

Deno.test("social items are those of friends less one's own, counted by friends", () => {
  fc.assert(fc.property(anyEntries, fc.array(entry, { maxLength: 20 }), (met, trusts) => {
    const of = catalogue(interactions({
      users: met.map(([user]) => user),
      items: met.map(([, item]) => item),
      userCount: ROWS,
      itemCount: TARGETS,
    }));
    const pairs = trusts.map(([user, friend]) => [user, friend % ROWS] as const);
    const friends = relation({
      rows: Int32Array.from(pairs, ([user]) => user),
      targets: Int32Array.from(pairs, ([, friend]) => friend),
      rowCount: ROWS,
      targetCount: ROWS,
    });
    const positives = { offsets: of.offsets, targets: of.positives }, social = socialItems(friends, of);
    for (let user = 0; user < ROWS; user++) {
      for (let item = 0; item < TARGETS; item++) {
        const having = [...rowOf(friends, user)].filter((friend) => contains(positives, friend, item)).length;
        const expected = contains(positives, user, item) ? 0 : having;
        const at = social.targets.subarray(social.offsets[user], social.offsets[user + 1]).indexOf(item);
        assert.equal(at < 0 ? 0 : social.weights![social.offsets[user]! + at], expected);
      }
    }
  }));
});

Deno.test("a catalogue refuses metadata of other users or items than its own", () => {
  const train = interactions({ users: [0, 1], items: [0, 2], userCount: 2, itemCount: 3 });
  const rows = (...targets: number[][]): Relation => ({
    offsets: Int32Array.from([0, ...targets.map((_, row) => targets.slice(0, row + 1).flat().length)]),
    targets: Int32Array.from(targets.flat()),
  });
  const fact = { heads: Int32Array.of(0), kinds: Int32Array.of(0), tails: Int32Array.of(3), relations: 1 };
  const good = { friends: rows([1], [0]), dislikes: rows([1, 2], []), knowledge: { ...fact, entities: 4 } };
  assert.equal(catalogue(train, good).metadata, good);
  assert.throws(() => catalogue(train, { friends: rows([1]) }), /"friends" with 2 rows: it has 1 rows/);
  assert.throws(() => catalogue(train, { friends: rows([2], []) }), /"friends": target 2 .* below 2/);
  assert.throws(() => catalogue(train, { dislikes: rows([2, 1], []) }), /"dislikes": targets ascend/);
  assert.throws(() => catalogue(train, { dislikes: rows([1, 1], []) }), /"dislikes": targets ascend/);
  const longer = { offsets: Int32Array.of(0, 1, 1), targets: Int32Array.of(1, 2) };
  assert.throws(
    () => catalogue(train, { dislikes: longer }),
    /"dislikes" with 2 rows: it has 2 rows that end at entry 1 of 2/,
  );
  const source = { ...rows([0], [1]), items: 2 }; // its users may be those of the log alone
  assert.equal(catalogue(train, { source }).metadata.source, source);
  assert.throws(
    () => catalogue(train, { attributes: { ...rows([0], [1], []), names: ["only"] } }),
    /"attributes": target 1 .* below 1/,
  );
  assert.throws(() => catalogue(train, { behaviours: [{ name: "views", ...rows([3], []) }] }), /"views": target 3/);
  assert.throws(() => catalogue(train, { knowledge: { ...fact, entities: 3 } }), /"knowledge": tail 3 .* below 3/);
  assert.throws(() => catalogue(train, { knowledge: { ...fact, entities: 2 } }), /2 entities: its first are 3 items/);
  assert.throws(() => catalogue(train, { knowledge: { ...good.knowledge, kinds: Int32Array.of() } }), /0 "kinds"/);
});

Deno.test("pairs with nothing beside them are related as those with weights are; in order already, they are not copied", () => {
  fc.assert(fc.property(anyEntries, (entries) => {
    const columns = {
      rows: Int32Array.from(entries, ([row]) => row),
      targets: Int32Array.from(entries, ([, target]) => target),
      ...{ rowCount: ROWS, targetCount: TARGETS },
    };
    const { offsets, targets } = relate(entries), plain = relation(columns);
    assert.deepEqual(plain, { offsets, targets });
    const rows = Int32Array.from(targets, (_, at) => offsets.findLastIndex((offset) => offset <= at));
    const ordered = relation({ ...columns, rows, targets });
    assert.deepEqual(ordered, { offsets, targets });
    assert.equal(ordered.targets, targets);
  }));
  const again = { rows: Int32Array.of(0, 0, 1), targets: Int32Array.of(2, 2, 2), rowCount: 2, targetCount: 3 };
  assert.deepEqual(relation(again), { offsets: Int32Array.of(0, 1, 2), targets: Int32Array.of(2, 2) });
});
