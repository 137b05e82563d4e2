import assert from "node:assert/strict";
import { InputError } from "../../datasets/input_error.ts";
import { type DatasetOptions, parseDataset } from "../../datasets/parse.ts";

const parse = (text: string, options: DatasetOptions = {}, file = "log.jsonl") =>
  parseDataset("test", { train: { file, bytes: new TextEncoder().encode(text) } }, options);
const rejects = (text: string, message: RegExp, options: DatasetOptions = {}) =>
  assert.rejects(parse(text, options), (error) => {
    assert(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return error.message.includes('"log.jsonl"');
  });

Deno.test("fields of JSON lines are found by the names of columns, in any order, with blank lines between", async () => {
  const text = '{"asin": "B1", "reviewerID": "ann", "overall": 5.0, "unixReviewTime": 60}\r\n\r\n' +
    '{"reviewerID": "bob", "unixReviewTime": "120", "overall": "4", "asin": "B1"}';
  for (const file of ["reviews.json", "reviews.txt"]) {
    const { train, userIds, itemIds } = await parse(text, {}, file);
    assert.deepEqual([userIds.names, itemIds.names], [["ann", "bob"], ["B1"]]);
    assert.deepEqual([train.ratings, train.times], [Float32Array.of(5, 4), Float64Array.of(60, 120)]);
  }
});

Deno.test("a chosen field may be a path, or have a dot in its name", async () => {
  const columns = { user: "who.id", item: "what" };
  const { userIds, notes } = await parse('{"who": {"id": 7}, "what": "x"}\n{"who.id": 8, "what": "x"}\n', { columns });
  assert.deepEqual([userIds.names, notes], [["7", "8"], []]);
});

Deno.test("fields of JSON lines that are not read are named", async () => {
  const { itemIds, notes } = await parse('{"user": "ann", "asin": "B1", "parent_asin": "P", "more": {"id": 1}}\n');
  assert.deepEqual(itemIds.names, ["P"]);
  assert.deepEqual(notes, ['train: columns read are user "user", item "parent_asin"; not "asin", "more.id"']);
});

Deno.test("ids that are whole numbers above 2^53 keep all their digits", async () => {
  const { userIds, itemIds } = await parse('{"user": 9007199254740993, "item": 12345678901234567890}\n');
  assert.deepEqual([userIds.names, itemIds.names], [["9007199254740993"], ["12345678901234567890"]]);
  const one = await parse('{"user": 7, "item": 9007199254740993}\n{"user": 9007199254740993, "item": 7}\n');
  assert.deepEqual([one.userIds.names, one.itemIds.names], [["7", "9007199254740993"], ["9007199254740993", "7"]]);
});

Deno.test("what is wrong in JSON lines is told by file and line", async () => {
  const good = '{"user": "u", "item": "i", "rating": 3, "time": "1970-01-01"}\n';
  await rejects(`${good}\n{"user": "u", "item": `, /line 3: it is no JSON/);
  await rejects(`\n\n["u", "i"]\n`, /line 3: it is a list: JSON lines have one object a line/);
  await rejects('[{"user": 1,\n', /line 1: it is no JSON .* one object a line/);
  await rejects(`${good}7\n`, /line 2: it is 7: JSON lines have one object/);
  await rejects(`${good}{"user": "u", "rating": 3, "time": 1}\n`, /line 2: its item is missing/);
  const within =
    /line 2: its user is an object: .*; a path such as user\.id says which field of it \(--user-column, or/;
  await rejects(`${good}{"user": {}, "item": "i"}\n`, within);
  await rejects(`${good}{"user": 1.5, "item": "i"}\n`, /line 2: its user is "1.5"/);
  await rejects(`${good}{"user": "u", "item": ""}\n`, /line 2: its item is empty/);
  await rejects(`${good}{"user": "u", "item": "i", "rating": "bad"}\n`, /line 2: its rating is "bad"/);
  await rejects(
    `${good}{"user": "u", "item": "i", "rating": 3}\n`,
    /line 2: its time is missing: .* or a date such as/,
  );
  await rejects('{"user": 1, "item": 2, "rating": 1e39}\n', /line 1: its rating is "1e\+39": a rating is a number/);
  await rejects('{"user": 1, "item": 2, "time": true}\n', /line 1: its time is "true": a time is a number or a date/);
  await rejects('{"user": 1e20, "item": 2}\n', /line 1: its user is "100000000000000000000": an id is text or a whole/);
  const deep = 50_000;
  await rejects(`${'{"user":'.repeat(deep)}1${"}".repeat(deep)}\n`, /line 1: no item column among "user"/);
  await rejects(`{"user": 9007199254740993, "item": ${"[".repeat(deep)}${"]".repeat(deep)}}\n`, /line 1: /);
  await rejects('{"buyer": 1, "item": 2}\n', /line 1: no user column among "buyer", "item"/);
  await rejects(good, /its user column cannot be number 2: fields of JSON have names/, { columns: { user: 2 } });
});

Deno.test("ids and numbers may be of any length, and each is read as it is written", async () => {
  const long = (sign: string, length: number) => sign.repeat(length);
  const users = ["ann", long("a", 90), long("€", 100), long("€", 101), long("é", 600), long("b", 5000)];
  const text = users.map((user, at) =>
    JSON.stringify({ user, item: "x", rating: `${long("0", 90 * at * at)}${at}`, time: `${long("0", 3000 * at)}${at}` })
  );
  const { train, userIds } = await parse(text.join("\n"));
  assert.deepEqual(userIds.names, users);
  assert.deepEqual([train.ratings, train.times], [
    Float32Array.of(0, 1, 2, 3, 4, 5),
    Float64Array.of(0, 1, 2, 3, 4, 5),
  ]);
});

Deno.test("a field that later objects have alone is read, and the object that lacks it is told", async () => {
  await rejects('{"user": 1, "item": 2}\n{"user": 1, "item": 3, "rating": 4}\n', /line 1: its rating is missing/);
});
