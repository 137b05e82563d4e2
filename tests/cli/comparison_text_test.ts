import assert from "node:assert/strict";
import { csv, markdown, studyCsv, studyMarkdown, type StudyTable } from "../../cli/comparison_text.ts";
import { type Section, studyTables } from "../../cli/study_table.ts";
import { compareOptions } from "../../cli/study_options.ts";
import { type Against, compared, type Contender } from "../../studies/comparison.ts";

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

Deno.test("p-values in text are the corrected ones, with their stars; a CSV has both; of a dispersion the least is best", () => {
  const row = (label: string, values: readonly [hit: number, dispersion: number] | null, p?: readonly number[]) => {
    const [seeds = 0, seedsHolm = 0, users = 0, usersHolm = 0] = p ?? [];
    const against: Against | null = p
      ? {
        difference: 0.5,
        percent: 25,
        overSeeds: { n: 2, t: 3, p: seeds, holm: seedsHolm },
        overUsers: { n: 9, w: 7, p: users, holm: usersHolm },
      }
      : null;
    const cell = (mean: number) => ({ values: [mean], mean, sd: null, against });
    const cells = values && { "hit@1": cell(values[0]), "dispersion@1": cell(values[1]) };
    return {
      ...{ label, reference: p ? "a" : null, seeds: [0], cells, chosen: "", said: [], folders: {}, failed: [] },
      ...{ bestEpoch: null, secondsPerEpoch: null },
    };
  };
  const rows = [
    row("a", [0.5, 0.3]),
    row("b|c, 1", [0.6, 0.2], [0.001, 0.05, 0.0004, 0.0008]),
    row('"e"', [0.4, 0.4], [0.004, 0.049, 0.003, 0.0099]),
    row("none", null),
  ];
  const table: StudyTable = { metrics: ["hit@1", "dispersion@1"], rows, notes: [] };
  const shown = studyMarkdown({ x: table }).split(/\n\| x /).slice(1).map((line) => line.trim().split(/ *(?<!\\)\| */));
  assert.deepEqual(shown.map((line) => line.slice(1, -1)), [
    ["a", "0.5000", "–", "–", "–", "0.3000", "–", "–"],
    ["b\\|c, 1", "**0.6000**", "+25.0%", "0.050", "<0.001 **", "**0.2000**", "–", "–"],
    ['"e"', "0.4000", "+25.0%", "0.049 *", "0.010 **", "0.4000", "–", "–"],
    ["none", "–", "–", "–", "–", "–", "–", "–"],
  ]);
  const lines = csv(table).split("\r\n");
  assert.equal(lines[3], '"b|c, 1",hit@1,1,0.6,,0.5,25,3,0.001,0.05,7,0.0004,0.0008,,,a');
  assert.equal(lines[5], '"""e""",hit@1,1,0.4,,0.5,25,3,0.004,0.049,7,0.003,0.0099,,,a');
  assert(csv({ ...table, rows: [row("two\nlines", null)] }).includes('\r\n"two\nlines",hit@1,'));
  assert.equal(lines[7], "none,hit@1,0,,,,,,,,,,,,,");
});

Deno.test("a table says of p over users what it is, or that a balance, a coverage and a dispersion have none", () => {
  const data = { name: "small", users: 2, items: 3, train: 4, valid: null, test: 2 };
  const defaults = Object.entries(compareOptions).map(([name, option]) => [name, option.default]);
  const values = { ...Object.fromEntries(defaults), seeds: [0, 1] } as Section["values"];
  const said = (metric: string) => {
    const row = (label: string, against: string | null) => {
      const measured = { metrics: { [metric]: 0.5 }, perUser: {}, folder: label, facts: {} };
      return { label, against, outcomes: new Map([[0, measured], [1, measured]]), failed: [] };
    };
    const section = { folder: "", data, values, rows: [row("rns", null), row("dns", "rns")] };
    return studyTables([section], [metric])[0]!.notes.filter((note) => note.startsWith("p (seeds)"));
  };
  assert.deepEqual(said("hit@5"), [
    "p (seeds): paired t-test over seeds; p (users): Wilcoxon signed-rank test over users, each user's hit@5 averaged over seeds. " +
    "Both two-sided, against rns, corrected by Holm for 1 comparison; * below 0.05, ** below 0.01.",
  ]);
  for (const metric of ["balance@5", "coverage@5", "dispersion@5", "group-dispersion@5"]) {
    assert.deepEqual(said(metric), [
      `p (seeds): paired t-test over seeds; ${metric} is no mean over users, and has no p of theirs. ` +
      "Two-sided, against rns, corrected by Holm for 1 comparison; * below 0.05, ** below 0.01.",
    ]);
  }
});

Deno.test("what draws nothing has the same result under every seed, and no spread beside its mean", () => {
  const [trained] = table([contender("popular", [0.5, 0.5])], []).rows;
  const shown = (bestEpoch: number | null) =>
    markdown({ metrics: ["hit@1"], rows: [{ ...trained!, bestEpoch }], notes: [] }).split("\n")[2]!;
  assert.match(shown(1), /\*\*0\.5000 ± 0\.0000\*\*/);
  assert.match(shown(null), /\*\*0\.5000\*\* /);
});
