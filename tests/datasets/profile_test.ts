import assert from "node:assert/strict";
import { type Interactions, interactions } from "../../datasets/interactions.ts";
import { numberedIds } from "../../datasets/ids.ts";
import { metadataProfile } from "../../datasets/metadata_profile.ts";
import { parseDataset } from "../../datasets/parse.ts";
import { profile } from "../../datasets/profile.ts";
import { recommendedProtocol } from "../../datasets/recommended_protocol.ts";
import { timeProfile } from "../../datasets/time_profile.ts";

const DAY = 86400, START = 1_600_000_000;

/** Users 0..U-1 each meet the first `length` items; what they give and when is told by user and item. */
function log(
  users: number,
  length: number,
  rest: {
    readonly rating?: (user: number, item: number) => number;
    readonly time?: (user: number, item: number) => number;
  },
): Interactions {
  const rows = Array.from({ length: users * length }, (_, row) => [Math.floor(row / length), row % length] as const);
  return interactions({
    users: rows.map(([user]) => user),
    items: rows.map(([, item]) => item),
    ratings: rest.rating && rows.map(([user, item]) => rest.rating!(user, item)),
    times: rest.time && rows.map(([user, item]) => rest.time!(user, item)),
    userCount: users,
    itemCount: length,
  });
}
const recommended = (of: Interactions, test?: Interactions) => recommendedProtocol(of, timeProfile(of), test);

Deno.test("the split is by time where users stay, leaves one out where they come and go, else is by ratio", () => {
  const stay = recommended(log(20, 10, { time: (_, item) => START + item * DAY }));
  assert.equal(stay.split, "time");
  assert.match(stay.why.join("\n"), /by time, .*; 0.0% of the latest 20% are of users who are new then/);
  const once = recommended(log(10, 1, { time: (user) => START + user * DAY }));
  assert.match(once.why.join("\n"), /by time 100% of the latest 20% are of users who are new then/);
  const comeAndGo = recommended(log(20, 10, { time: (user, item) => START + (user * 10 + item) * DAY }));
  assert.deepEqual([comeAndGo.split, comeAndGo.metrics], ["leave-one-out", ["hit@10", "ndcg@10"]]);
  const tied = recommended(log(20, 10, { time: (user) => START + user * DAY }));
  assert.equal(tied.split, "ratio");
  assert.match(tied.why.join("\n"), /100% of the rows share their time with another of their user/);
  assert.equal(recommended(log(20, 10, { time: () => START })).split, "ratio");
  assert.equal(recommended(log(20, 10, {})).split, "ratio");
  assert.equal(recommended({ ...log(20, 10, {}), inOrder: true }).split, "leave-one-out");
  const parted = recommended(log(20, 10, {}), log(20, 1, {}));
  assert.deepEqual([parted.split, parted.metrics, parted.flags], [
    undefined,
    ["hit@10", "ndcg@10"],
    "--metrics hit@10,ndcg@10 --select-by ndcg@10",
  ]);
});

Deno.test("ratings on a scale make positives from four fifths of its top; counts and single values do not", () => {
  const from = (rating: (user: number, item: number) => number) => recommended(log(20, 10, { rating })).minRating;
  assert.deepEqual([
    from((_, item) => 1 + item % 5),
    from((_, item) => 0.5 + item % 10 / 2),
    from((_, item) => item + 1),
    from((_, item) => 1 + item % 3),
  ], [
    4,
    4,
    8,
    2.4,
  ]);
  assert.deepEqual([from(() => 5), from((_, item) => 4 + item % 2), from((user, item) => 1 + user * item)], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("a core is recommended where many have few interactions, and only if it leaves half of the rows", () => {
  // 12 users of 10 items, and 8 users of one item each
  const dense = log(12, 10, {});
  const some = interactions({
    ...dense,
    users: [...dense.users, 12, 13, 14, 15, 16, 17, 18, 19],
    items: [...dense.items, 0, 1, 2, 3, 4, 5, 6, 7],
    userCount: 20,
  });
  assert.deepEqual([recommended(dense).core, recommended(some).core], [0, 5]);
  assert.match(
    recommended(some).why.join("\n"),
    /of the users 40% and of the items 0.0% have fewer than 5 .* leaves 94%/,
  );
  assert.equal(recommended(log(40, 1, {})).core, 0); // its 2-core is empty
});

Deno.test("a profile tells duplicates, those with few interactions, the popularity curve and times", async () => {
  const text = "user,item,time\na,x,1600000000\na,x,1600086400\na,y,1600086400\nb,x,1600000000\nc,x,1600172800\n";
  const dataset = await parseDataset("tiny", { train: { file: "log.csv", bytes: new TextEncoder().encode(text) } });
  const { duplicates, few, popularity, times, train } = profile(dataset);
  assert.deepEqual([duplicates, train.rows, train.repeats], [1, 4, 0]);
  assert.deepEqual(few, {
    users: { one: 2, below3: 3, below5: 3, below10: 3 },
    items: { one: 1, below3: 1, below5: 2, below10: 2 },
  });
  assert.deepEqual(popularity, { top1: 0.75, top5: 0.75, top10: 0.75, top20: 0.75, top50: 0.75, gini: 0.25 });
  assert.deepEqual([times?.unit, times?.days, times?.ties], ["seconds", 2, 0.5]);
  const alone = { users: [0, 1, 1, 2], items: [0, 0, 1, 0], userCount: 3, itemCount: 2 };
  assert.equal(timeProfile(interactions({ ...alone, times: [7, 7, 8, 8] }))!.ties, 0); // others' times are none of a user's
});

Deno.test("the unit of times is judged by their size, and not guessed where it could be none", () => {
  const unit = (time: number) => timeProfile(log(1, 2, { time: () => time }))?.unit;
  assert.deepEqual([5, 1.6e9, 1.6e12, 1.6e15, 1.6e20].map(unit), [
    undefined,
    "seconds",
    "milliseconds",
    "microseconds",
    undefined,
  ]);
});

Deno.test("quantiles are by nearest rank, and what users had met before they were tested counts among the rows", () => {
  const rows = [1, 2, 3, 4, 5].flatMap((count, user) => Array.from({ length: count }, (_, item) => [user, item]));
  const part = (pairs: readonly (readonly number[])[]) =>
    interactions({
      users: pairs.map(([user]) => user!),
      items: pairs.map(([, item]) => item!),
      userCount: 6,
      itemCount: 5,
    });
  const train = part(rows), test = part([[5, 0]]), before = { test: part([[5, 1], [5, 2]]) };
  const names = { userIds: numberedIds(6), itemIds: numberedIds(5), notes: [] };
  const { perUser, density, test: tested } = profile({ name: "five", train, test, before, ...names });
  assert.deepEqual(perUser, {
    ...{ least: 1, quarter: 2, median: 3, threeQuarters: 4, ninetyPercent: 5, most: 5, mean: 3 },
  });
  assert.deepEqual([density, tested!.before], [18 / 30, 2]);
});

Deno.test("ratings of two values, or above ten, are no scale, and where all are liked none is left out", () => {
  const of = (rating: (user: number, item: number) => number) => recommended(log(20, 12, { rating }));
  assert.equal(of((_, item) => item % 2).minRating, undefined);
  assert.equal(of((_, item) => 1 + item).minRating, undefined);
  const high = of((_, item) => 4 + item % 3 / 2);
  assert.equal(high.minRating, undefined);
  assert(high.why.includes("positives: all ratings are from 4 up already"), high.why.join());
});

Deno.test("ids of which train shows nothing have not few interactions, but none", () => {
  const dense = log(12, 10, {}), { core, why } = recommended({ ...dense, userCount: 500, itemCount: 500 });
  assert.equal(core, 0);
  assert.match(why.join("\n"), /of the users 0.0% and of the items 0.0% have fewer than 5/);
});

Deno.test("facts of an item count from either end, and users of the source domain who are the log's are common", () => {
  const fact = { heads: Int32Array.of(2), kinds: Int32Array.of(0), tails: Int32Array.of(1) };
  const knowledge = { ...fact, entities: 3, relations: 1 };
  const source = { offsets: Int32Array.of(0, 0, 1, 2), targets: Int32Array.of(0, 0), items: 1 };
  const found = metadataProfile({ knowledge, source }, 2, 2);
  assert.deepEqual(found.knowledge, { facts: 1, entities: 3, relations: 1, items: 1 }); // item 1, of entity 2
  assert.deepEqual(found.source, { pairs: 2, users: 2, items: 1, common: 1 });
});
