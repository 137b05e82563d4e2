import assert from "node:assert/strict";
import { loadDataset } from "../../datasets/load.ts";
import { joined } from "../../datasets/joined.ts";
import { merge } from "../../datasets/merge.ts";
import { interactions } from "../../datasets/interactions.ts";
import { parseDataset } from "../../datasets/parse.ts";
import { continued, sequences } from "../../datasets/sequences.ts";
import { kCore } from "../../datasets/filter.ts";
import { leaveOneOut, splitByTime, splitByUser } from "../../datasets/split.ts";
import { writeSequences } from "../../datasets/write.ts";
import { withFiles } from "./with_files.ts";

const source = (file: string, text: string) => ({ file, bytes: new TextEncoder().encode(text) });
const parse = (text: string) => parseDataset("tiny", { train: source("data.txt", text) }, { format: "sequences" });

Deno.test("each line is a user of its own, named by its number, whose items are in order", async () => {
  const { train, userIds, itemIds, notes } = await parse("5 1 2 3\n6 2\r\n5 9\n");
  assert.deepEqual([userIds.names, itemIds.names], [["1", "2", "3"], ["5", "1", "2", "3", "6", "9"]]);
  assert.deepEqual(train.users, Int32Array.of(0, 0, 0, 0, 1, 1, 2, 2));
  assert.deepEqual([train.inOrder, train.times, notes], [true, undefined, []]);
  assert.equal(writeSequences(train, { userIds, itemIds }), "5 1 2 3\n6 2\n5 9\n");
});

Deno.test("a sequence file with a blank line, or with nothing in it, names the line", async () => {
  await assert.rejects(parse("1 2\n\n3 4\n"), /"data.txt", line 2: it is blank: a line is `item item/);
  await assert.rejects(parse("\n \n"), /it is empty/);
});

Deno.test("an item that comes again is kept where it is last", () => {
  const log = interactions({ users: [0, 0, 0, 0], items: [3, 4, 3, 5], userCount: 1, itemCount: 6, inOrder: true });
  const timed = merge(interactions({ ...log, times: [1, 2, 3, 4] })).interactions; // times tell the order
  assert.deepEqual([timed.items, timed.times], [Int32Array.of(3, 4, 5), Float64Array.of(3, 2, 4)]);
  const { interactions: merged, repeats } = merge(log);
  assert.deepEqual([merged.items, merged.inOrder, repeats], [Int32Array.of(4, 3, 5), true, 1]);
});

Deno.test("leaving one out takes the ends of lines, and rows of a table without times are still refused", async () => {
  const { train: log } = await parse("5 1 2 3\n6 2\n");
  const { train, valid, test } = leaveOneOut(log);
  assert.deepEqual([valid!.items, test!.items], [Int32Array.of(2), Int32Array.of(3)]);
  assert.deepEqual(train.items, Int32Array.of(0, 1, 4, 2)); // "6 2" is too short, and stays
  const table = await parseDataset("tiny", { train: source("log.csv", "user,item\na,1\na,2\na,3\n") });
  assert.throws(() => leaveOneOut(table.train), /Cannot leave one out: the interactions have no "times"$/);
  assert.throws(() => splitByUser(table.train, { test: 0.5 }, 1), /Cannot split by user: .* no "times"$/);
});

Deno.test("a split by time of sequences is refused, for lines share no clock", async () => {
  const { train } = await parse("5 1 2 3\n6 2\n");
  assert.throws(
    () => splitByTime(train, { test: 0.2 }),
    /no "times"; each sequence is in order, but there is no clock/,
  );
});

Deno.test("a filter keeps the order, and that there is one", async () => {
  const { train } = await parse("5 1 2 3\n2 9 1\n1 2\n");
  const { interactions: core, items } = kCore(train, 2);
  assert.deepEqual([...core.items].map((item) => items[item]), [1, 2, 2, 1, 1, 2]); // 1 and 2, as 5, 3 and 9 are met once
  assert.equal(core.inOrder, true);
});

/** Ids of dense items as they were in the files. */
const FILES = { "train_data.txt": "7 8 9\n8 9\n", "valid_data.txt": "9 7\n8\n", "test_data.txt": "9 5 8\n7 8 6\n" };

Deno.test("a folder of sequences has other users in each part: the last item is held out, and the ones before are known", () =>
  withFiles(FILES, async (folder) => {
    const { train, valid, test, before, userIds, itemIds, notes } = await loadDataset(folder);
    const named = (log: typeof train) =>
      Array.from(log.users, (user, row) => `${userIds.names[user]}:${itemIds.names[log.items[row]!]}`).join(" ");
    assert.equal(named(train), "1:7 1:8 1:9 2:8 2:9");
    assert.deepEqual([named(valid!), named(before!.valid!)], ["3:7", "3:9"]); // line 2 is of one item
    assert.deepEqual([named(test!), named(before!.test!)], ["5:8 6:6", "5:9 5:5 6:7 6:8"]);
    assert.deepEqual([train, valid!, test!, before!.test!].map((part) => [part.userCount, part.itemCount]), [
      [6, 5],
      [6, 5],
      [6, 5],
      [6, 5],
    ]);
    assert.deepEqual(notes, [
      "valid: the last item of each of 1 user is held out, those before are known",
      "valid: left out 1 user of one item, with nothing before it",
      "test: the last item of each of 2 users is held out, those before are known",
      "test: 1 row of an item without train interactions",
    ]);
    const histories = continued(sequences(train), sequences(before!.test!));
    assert.deepEqual(histories.offsets, Int32Array.of(0, 3, 5, 5, 5, 7, 9));
  }));

Deno.test("parts of sequences may be gzip", async () => {
  const zip = async (text: string) =>
    new Uint8Array(
      await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
    );
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(FILES)) await Deno.writeFile(`${folder}/${name}.gz`, await zip(text));
    const { train, valid, test } = await loadDataset(folder);
    assert.deepEqual([train.users.length, valid!.users.length, test!.users.length], [5, 1, 2]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file of the usual name with columns in it is no file of sequences", () =>
  withFiles({ "train_data.txt": "user\titem\na\tx\nb\ty\n" }, async (folder) => {
    const { train, userIds } = await loadDataset(folder);
    assert.deepEqual([train.users.length, userIds.names], [2, ["a", "b"]]);
  }));

Deno.test("what is joined is in order only where both parts are", () => {
  const part = (inOrder: boolean) =>
    interactions({ users: [0], items: [0], userCount: 1, itemCount: 1, ...inOrder && { inOrder } });
  const orders = [[true, true], [true, false], [false, true]].map(([a, b]) => joined(part(a!), part(b!)).inOrder);
  assert.deepEqual(orders, [true, undefined, undefined]);
});
