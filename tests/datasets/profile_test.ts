import assert from "node:assert/strict";
import { type Interactions, interactions } from "../../datasets/interactions.ts";
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
