import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Parts } from "../../datasets/dataset.ts";
import { filterDataset, kCore } from "../../datasets/filter.ts";
import { type Interactions, interactions } from "../../datasets/interactions.ts";
import { merge } from "../../datasets/merge.ts";
import {
  carveValidation,
  leaveOneOut,
  splitByRatio,
  splitByTime,
  splitByUser,
  splitByUserTime,
} from "../../datasets/split.ts";
import { numberedIds } from "../../datasets/ids.ts";
import { anyLog } from "./any_log.ts";
import { assertLaw } from "../samplers/chi_square.ts";

const rowsOf = ({ users, items, times, ratings }: Interactions) =>
  Array.from(users, (user, row) => [user, items[row], times?.[row], ratings?.[row]].join(" "));

/** The parts hold every row once, and share their counts. */
function assertPartition(log: Interactions, { train, valid, test }: Parts): void {
  const parts = [train, valid, test].filter((part) => part !== undefined);
  assert.deepEqual(parts.flatMap(rowsOf).sort(), rowsOf(log).sort());
  for (const part of parts) assert.deepEqual([part.userCount, part.itemCount], [log.userCount, log.itemCount]);
}

Deno.test("a split by ratio is a partition, rounds each user's shares up or down, and leaves each user one train item", () => {
  fc.assert(fc.property(anyLog, fc.integer(), (log, seed) => {
    const parts = splitByRatio(log, { valid: 0.3, test: 0.4 }, seed);
    assertPartition(log, parts);
    for (let user = 0; user < log.userCount; user++) {
      const count = (part: Interactions | undefined) => part!.users.filter((other) => other === user).length;
      const all = count(log);
      assert(count(parts.valid) <= Math.ceil(all * 0.3) && count(parts.test) <= Math.ceil(all * 0.4));
      assert(all < 4 || (count(parts.valid) >= Math.floor(all * 0.3) && count(parts.test) >= Math.floor(all * 0.4)));
      assert(all === 0 || count(parts.train) > 0);
    }
  }));
});

Deno.test("what a seed holds out is what it was where figures are of it, and in runs that go on", () => {
  const ids = { users: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], items: [0, 1, 2, 3, 4, 0, 1, 2, 3, 4] };
  const { valid, test } = splitByRatio(
    interactions({ ...ids, userCount: 2, itemCount: 5 }),
    { valid: 0.2, test: 0.2 },
    0,
  );
  assert.deepEqual([rowsOf(valid!), rowsOf(test!)], [["0 1  ", "1 3  "], ["0 4  ", "1 4  "]]);
});

Deno.test("a share holds on average where each user has too few interactions for it", () => {
  const users = 2000;
  const logOf = (each: number) => {
    const rows = [...Array(users * each).keys()];
    return interactions({
      users: rows.map((row) => Math.floor(row / each)),
      items: rows.map((row) => row % each),
      userCount: users,
      itemCount: each,
    });
  };
  const two = splitByRatio(logOf(2), { test: 0.2 }, 1); // 800 of 4,000, five standard deviations are 110
  assert(Math.abs(two.test!.users.length - 800) < 110, `${two.test!.users.length} of users of two`);
  assert.deepEqual(Object.keys(splitByRatio(logOf(2), { valid: 0.2, test: 0 }, 1)), ["train", "valid"]);
  const { valid, test } = splitByRatio(logOf(3), { valid: 0.1, test: 0.2 }, 1);
  const latest = splitByUserTime({ ...logOf(2), inOrder: true }, { test: 0.2 }, 1).test!;
  assert(Math.abs(latest.users.length - 800) < 110, `${latest.users.length} of the latest of users of two`);
  assert(latest.items.every((item) => item === 1));
  // 600 and 1,200 are expected; five standard deviations of the rounding are 102 and 110
  assert(Math.abs(valid!.users.length - 600) < 102, `${valid!.users.length} to select by`);
  assert(Math.abs(test!.users.length - 1200) < 110, `${test!.users.length} to test on`);
});

Deno.test("a split by ratio is the same for the same seed, and another for another", () => {
  const items = Array.from({ length: 100 }, (_, item) => item);
  const log = interactions({ users: items.map(() => 0), items, userCount: 1, itemCount: 100 });
  const split = (seed: number) => splitByRatio(log, { test: 0.2 }, seed).test!.items;
  assert.deepEqual(split(1), split(1));
  assert.notDeepEqual(split(1), split(2));
});

Deno.test("shares out of range are refused", () => {
  const log = interactions({ users: [0], items: [0], userCount: 1, itemCount: 1 });
  assert.throws(() => splitByRatio(log, { test: 1 }, 1), /share of 1 \("test"\)/);
  assert.throws(() => splitByRatio(log, { valid: 0.6, test: 0.5 }, 1), /"valid and test"/);
  assert.throws(() => splitByRatio(log, { valid: -0.1 }, 1), /-0.1/);
  assert.throws(() => splitByUserTime({ ...log, inOrder: true }, { test: 1 }, 1), /share of 1 \("test"\)/);
});

Deno.test("carving validation is a partition of train", () => {
  fc.assert(fc.property(anyLog, (log) => assertPartition(log, carveValidation(log, 0.25, 7))));
});

Deno.test("leaving one out holds out each user's latest for test and the one before for validation", () => {
  fc.assert(fc.property(anyLog, (log) => {
    const parts = leaveOneOut(log);
    assertPartition(log, parts);
    for (let user = 0; user < log.userCount; user++) {
      const times = (part: Interactions) => part.times!.filter((_, row) => part.users[row] === user);
      const [train, valid, test] = [parts.train, parts.valid!, parts.test!].map(times);
      if (times(log).length < 3) assert.deepEqual([valid!.length, test!.length], [0, 0]);
      else assert(Math.max(...train!) <= valid![0]! && valid![0]! <= test![0]!);
    }
  }));
});

Deno.test("a split by each user's time is a partition by order, rounds shares up or down, and leaves each user one train item", () => {
  fc.assert(fc.property(anyLog, fc.boolean(), fc.integer(), (drawn, timed, seed) => {
    const { times, ...untimed } = drawn, log: Interactions = timed ? drawn : { ...untimed, inOrder: true };
    const parts = splitByUserTime(log, { valid: 0.3, test: 0.4 }, seed);
    assertPartition(log, parts);
    // each row with its number as the rating, by which equal times and rows without times are told apart
    const numbered = splitByUserTime({ ...log, ratings: Float32Array.from(log.users.keys()) }, {
      valid: 0.3,
      test: 0.4,
    }, seed);
    for (let user = 0; user < log.userCount; user++) {
      const own = [numbered.train, numbered.valid!, numbered.test!].map((part) =>
        [...part.ratings!].filter((_, at) => part.users[at] === user)
          .sort((a, b) => (timed ? times![a]! - times![b]! : 0) || a - b)
      );
      const [train, valid, test] = own.map((part) => part.length), all = train! + valid! + test!;
      assert.deepEqual(own.flat(), own.flat().toSorted((a, b) => (timed ? times![a]! - times![b]! : 0) || a - b));
      assert(valid! <= Math.ceil(all * 0.3) && test! <= Math.ceil(all * 0.4));
      assert(all < 4 || (valid! >= Math.floor(all * 0.3) && test! >= Math.floor(all * 0.4)));
      assert(all === 0 || train! > 0);
    }
  }));
});

Deno.test("a split by each user's time holds out the latest, of equal times the later rows, as many as a whole share has", () => {
  const times = [50, 10, 40, 40, 40, 20, 30, 60, 15, 5];
  const log = interactions({
    ...{ users: times.map(() => 0), items: [...times.keys()], times, userCount: 2, itemCount: 10 }, // user 1 met nothing
  });
  for (const seed of [1, 2, 3]) {
    const { train, valid, test } = splitByUserTime(log, { valid: 0.2, test: 0.3 }, seed);
    assert.deepEqual([train, valid!, test!].map(({ items }) => [...items]), [[1, 5, 6, 8, 9], [2, 3], [0, 4, 7]]);
  }
});

Deno.test("a split by user holds out the last of some users, and keeps them out of train", () => {
  fc.assert(fc.property(anyLog, fc.integer(), (log, seed) => {
    const { train, valid, test, before } = splitByUser(log, { valid: 0.3, test: 0.4 }, seed);
    const parts = [train, valid!, test!, before!.valid!, before!.test!];
    assert.deepEqual(parts.flatMap(rowsOf).sort(), rowsOf(log).sort());
    const can = new Set([...log.users].filter((user) => log.users.filter((other) => other === user).length > 1));
    assert.equal(test!.users.length, Math.floor(can.size * 0.4 + 1e-9));
    assert.equal(valid!.users.length, Math.floor(can.size * 0.3 + 1e-9));
    for (const [held, known] of [[valid!, before!.valid!], [test!, before!.test!]] as const) {
      assert.deepEqual(new Set(known.users), new Set(held.users));
      held.users.forEach((user, row) => {
        assert(!train.users.includes(user));
        const times = known.times!.filter((_, at) => known.users[at] === user);
        assert(times.every((time) => time <= held.times![row]!));
      });
    }
  }));
});

Deno.test("every user is as likely to be held out, and the seed decides who is", () => {
  const users = 200,
    all = [...Array(2 * users).keys()],
    log = interactions({
      users: all.map((row) => row >> 1),
      items: all.map((row) => row & 1),
      userCount: users,
      itemCount: 2,
      inOrder: true,
    });
  const tested = (seed: number) => splitByUser(log, { valid: 0.1, test: 0.1 }, seed).test!.users;
  assert.deepEqual(tested(1), tested(1));
  assert.notDeepEqual(tested(1), tested(2));
  // each of 4 quarters of the users has 5 of 20 on average
  const quarters = Array.from({ length: 500 }, (_, seed) => [...tested(seed)].map((user) => Math.floor(user / 50)));
  assertLaw(quarters.flat(), [0.25, 0.25, 0.25, 0.25]);
});

Deno.test("a split by time puts no test row before a train row, and refuses to leave train empty", () => {
  fc.assert(fc.property(anyLog, (log) => {
    if (new Set(log.times).size < 2) return;
    let parts: Parts;
    try {
      parts = splitByTime(log, { valid: 0.2, test: 0.2 });
    } catch (error) {
      return assert.match((error as Error).message, /too many of them share the time/);
    }
    assertPartition(log, parts);
    const { train, valid, test } = parts;
    assert(Math.max(...train.times!) < Math.min(...valid!.times!, ...test!.times!));
    assert(valid!.users.length === 0 || Math.max(...valid!.times!) < Math.min(...test!.times!));
  }));
  const still = interactions({ users: [0, 0], items: [0, 1], times: [5, 5], userCount: 1, itemCount: 2 });
  assert.throws(() => splitByTime(still, { test: 0.5 }), /share the time 5/);
});

Deno.test("shares of the log, or of the users, are as many as they say, and rows of one time go to the later part", () => {
  const log = (times: readonly number[]) =>
    interactions({
      ...{ users: times.map((_, row) => row), items: times.map(() => 0), times, userCount: times.length, itemCount: 1 },
    });
  const parts = ({ train, valid, test }: Parts) => [train, valid!, test!].map((part) => [...part.times!]);
  const count = (from: number, end: number) => Array.from({ length: end - from }, (_, at) => from + at);
  // 0.29 * 100 is 28.999999999999996
  assert.deepEqual(parts(splitByTime(log(count(0, 100)), { valid: 0.1, test: 0.29 })), [
    count(0, 61),
    count(61, 71),
    count(71, 100),
  ]);
  const tied = (valid: number) => parts(splitByTime(log([9, 1, 7, 5, 7, 2, 5, 3, 7, 4]), { valid, test: 0.2 }));
  assert.deepEqual(tied(0.3), [[1, 2, 3, 4], [5, 5], [9, 7, 7, 7]]); // 5 of 10, but a 5 is not parted from the other
  assert.deepEqual(tied(0.2), [[1, 5, 2, 5, 3, 4], [], [9, 7, 7, 7]]); // 4 of 10, and all four are test's
  const users = interactions({
    ...{ users: count(0, 200).map((row) => row >> 1), items: count(0, 200).map((row) => row & 1) },
    ...{ userCount: 100, itemCount: 2, inOrder: true },
  });
  const { valid, test } = splitByUser(users, { valid: 0.1, test: 0.29 }, 1);
  assert.deepEqual([valid!.users.length, test!.users.length], [10, 29]);
});

Deno.test("splits by time say that there are no times", () => {
  const log = interactions({ users: [0], items: [0], userCount: 1, itemCount: 1 });
  assert.throws(() => leaveOneOut(log), /Cannot leave one out: .* no "times"/);
  assert.throws(() => splitByTime(log, { test: 0.1 }), /Cannot split by time: .* no "times"/);
  assert.throws(() => splitByUserTime(log, { test: 0.1 }, 1), /Cannot split by each user's time: .* no "times"/);
});

Deno.test("a k-core has k interactions of every user and item, is its own k-core, and is the largest such", () => {
  const least = fc.integer({ min: 1, max: 3 });
  fc.assert(fc.property(anyLog, least, least, (repeated, k, l) => {
    const both = k === l ? k : { users: k, items: l };
    const log = merge(repeated).interactions, { interactions: core, users, items } = kCore(log, both);
    const degrees = (ids: Int32Array, count: number) =>
      Array.from({ length: count }, (_, id) => ids.filter((other) => other === id).length);
    assert(degrees(core.users, core.userCount).every((degree) => degree >= k));
    assert(degrees(core.items, core.itemCount).every((degree) => degree >= l));
    assert.deepEqual(kCore(core, both).interactions, core);
    assert.deepEqual([users.length, items.length], [core.userCount, core.itemCount]);
    // what was kept is rows of the log, under their former ids
    const former = Array.from(core.users, (user, row) => `${users[user]} ${items[core.items[row]!]}`);
    const all = Array.from(log.users, (user, row) => `${user} ${log.items[row]}`);
    assert.deepEqual(former, all.filter((row) => former.includes(row)));
    // dropping one offender at a time ends at the same rows
    let slow = all;
    for (let offender: string | undefined = ""; offender !== undefined;) {
      offender = slow.find((row) => {
        const [user, item] = row.split(" ");
        return slow.filter((other) => other.startsWith(`${user} `)).length < k ||
          slow.filter((other) => other.endsWith(` ${item}`)).length < l;
      });
      slow = slow.filter((row) => row !== offender);
    }
    assert.deepEqual(former, slow);
  }));
});

Deno.test("names and titles follow the ids that a filter keeps", () => {
  const train = interactions({ users: [0, 1, 2, 1, 2], items: [0, 1, 1, 2, 2], userCount: 3, itemCount: 3 });
  const dataset = {
    name: "tiny",
    train,
    userIds: numberedIds(3),
    itemIds: numberedIds(3),
    titles: ["a", "b", "c"],
    notes: [],
  };
  const kept = filterDataset(dataset, 2);
  assert.deepEqual([kept.userIds.names, kept.itemIds.names, kept.titles], [["1", "2"], ["1", "2"], ["b", "c"]]);
  assert.deepEqual(kept.notes, ["train: dropped 1 row to leave users of 2 or more and items of 2 or more"]);
  assert.throws(() => filterDataset({ ...dataset, test: train }, 2), /"tiny": it is split already/);
});
