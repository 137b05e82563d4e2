import assert from "node:assert/strict";
import { markdown, studyCsv, studyMarkdown, type StudyTable } from "../../cli/comparison_text.ts";
import { compared, type Contender } from "../../studies/comparison.ts";

const contender = (label: string, values: readonly number[], against?: Contender): Contender => ({
  label,
  results: new Map(values.map((value, seed) => [seed, { metrics: { "hit@1": value }, perUser: { "hit@1": [value] } }])),
  ...against && { against },
});
const table = (contenders: readonly Contender[], notes: readonly string[]): StudyTable => ({
  metrics: ["hit@1"],
  rows: compared(contenders, ["hit@1"]).map((row) => ({
    ...{ ...row, chosen: "", said: [], bestEpoch: 1, secondsPerEpoch: 2, folders: {}, failed: [] },
  })),
  notes,
});
const mf = contender("mf / rns", [0.25, 0.5]), gmf = contender("gmf / rns", [0.5]);
const books = table([mf, contender("mf / dns", [0.5, 0.5], mf), gmf, contender("gmf / dns", [0.4], gmf)], ["all", "b"]);
const films = table([contender("rns", [0.75])], ["all"]);

Deno.test("where rows are tested against different ones, each says which", () => {
  assert.deepEqual(markdown(books).split("\n").slice(0, 6), [
    "| method    | hit@1               | against   | difference | p (seeds) | p (users) | best epoch | s/epoch |",
    "| --------- | ------------------- | --------- | ---------- | --------- | --------- | ---------- | ------- |",
    "| mf / rns  | 0.3750 ± 0.1768     | –         | –          | –         | –         | 1          | 2.00    |",
    "| mf / dns  | **0.5000 ± 0.0000** | mf / rns  | +33.3%     | 0.500     | 1.000     | 1          | 2.00    |",
    "| gmf / rns | **0.5000**          | –         | –          | –         | –         | 1          | 2.00    |",
    "| gmf / dns | 0.4000              | gmf / rns | -20.0%     | –         | 1.000     | 1          | 2.00    |",
  ]);
});

Deno.test("a study's table has its data in a column, the best of each, and notes on all and on each", () => {
  const text = studyMarkdown({ books, films });
  assert.match(text, /^\| data +\| method +\| hit@1 +\| against +\| difference/);
  assert.match(text, /\n\| books \| mf \/ dns +\| \*\*0\.5000/);
  assert.match(text, /\n\| films \| rns +\| \*\*0\.7500\*\* +\| – +\| – /);
  assert(text.endsWith("\n\n- all\n\nbooks:\n\n- b\n"));
  const lines = studyCsv({ books, films }).split("\r\n").map((line) => line.split(","));
  assert.deepEqual([lines[0]!.slice(0, 2), lines[0]!.at(-1), lines.length], [["data", "method"], "against", 7]);
  assert.deepEqual(lines.slice(1, 6).map((line) => [line[0], line[1], line[4], line.at(-1)]), [
    ["books", "mf / rns", "0.375", ""],
    ["books", "mf / dns", "0.5", "mf / rns"],
    ["books", "gmf / rns", "0.5", ""],
    ["books", "gmf / dns", "0.4", "gmf / rns"],
    ["films", "rns", "0.75", ""],
  ]);
});
