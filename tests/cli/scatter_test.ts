import assert from "node:assert/strict";
import { balancePlot } from "../../cli/balance_plot.ts";
import { scatter } from "../../cli/scatter.ts";

const point = (label: string, x: number, y: number) => ({ label, x, y, dx: 0, dy: 0 });
const plot = (...points: ReturnType<typeof point>[]) =>
  scatter({ title: "beauty & co", xLabel: "ndcg@10", yLabel: "balance@10", points });
const texts = (svg: string) =>
  Array.from(svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" text-anchor="(start|end)">([^<]*)<\/text><?/g));

Deno.test("a plot stands alone, names its axes and points, and has colours for light and dark", () => {
  const svg = plot(point("dns<1>", 0.1, 0.5), point("rns", 0.2, 0.9));
  assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 720 480"/);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.match(svg, />dns&lt;1&gt;<[\s\S]*>rns</);
  assert.match(svg, /beauty &amp; co/);
  assert(svg.includes(">ndcg@10<") && svg.includes(">balance@10<"));
  assert.deepEqual(svg.match(/(?:href|src|@import)/g), null);
  assert.equal(svg.match(/<circle/g)!.length, 2);
});

Deno.test("points stand where their values say, larger to the right and further up", () => {
  const svg = plot(point("a", 0.1, 0.5), point("b", 0.2, 0.9), point("c", 0.15, 0.7));
  const [a, b, c] = Array.from(svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g), ([, x, y]) => [Number(x), Number(y)]);
  assert(a![0]! < b![0]! && a![1]! > b![1]!);
  assert(Math.abs(c![0]! - (a![0]! + b![0]!) / 2) < 0.11 && Math.abs(c![1]! - (a![1]! + b![1]!) / 2) < 0.11);
});

Deno.test("labels do not lie on each other or on marks, and none leaves the paper", () => {
  const near = Array.from({ length: 6 }, (_, at) => point(`method number ${at}`, 0.2, 0.5 + at / 1000));
  const svg = plot(...near, point("the one to the left", 0.1, 0.1), point("up", 0.15, 0.9));
  const marks = Array.from(svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g), ([, x, y]) => [Number(x), Number(y)] as const);
  const boxes = texts(svg).filter(([, , , , text]) => /^(method|the one|up)/.test(text!)).map(
    ([, at, y, anchor, text]) => {
      const wide = text!.length * 6.7, left = Number(at) - (anchor === "end" ? wide : 0);
      return { left, right: left + wide, line: Number(y) };
    },
  );
  assert.equal(boxes.length, 8);
  boxes.forEach((box, at) => {
    assert(box.left >= 0 && box.right <= 720 && box.line > 0 && box.line < 480);
    for (const other of boxes.slice(0, at)) {
      assert(Math.abs(box.line - other.line) >= 13 || box.left >= other.right - 1 || other.left >= box.right - 1);
    }
    for (const [x, y] of marks) assert(x < box.left || x > box.right || y < box.line - 11 || y > box.line + 3);
  });
});

Deno.test("one point, or points that are all alike, make a plot without a number that is none", () => {
  for (const svg of [plot(point("a", 0, 0)), plot(point("a", 0.3, 1), point("b", 0.3, 1))]) {
    assert(!/NaN|Infinity/.test(svg));
  }
});

Deno.test("a study is drawn where it has a balance, with the spread over seeds", () => {
  const cell = (mean: number, sd: number | null) => ({ values: [mean], mean, sd, against: null });
  const row = (label: string, cells: Record<string, ReturnType<typeof cell>> | null) => ({
    ...{
      label,
      cells,
      reference: null,
      seeds: [0],
      chosen: "",
      said: [],
      bestEpoch: 1,
      secondsPerEpoch: 1,
      folders: {},
      failed: [],
    },
  });
  const rows = [row("rns", { "ndcg@10": cell(0.1, 0.01), "balance@10": cell(0.5, null) }), row("late", null)];
  const svg = balancePlot({ metrics: ["head/hit@10", "balance@10", "ndcg@10"], rows, notes: [] }, "beauty")!;
  assert.match(svg, />ndcg@10</);
  assert.equal(svg.match(/class="bar"/g)!.length, 1);
  assert.equal(balancePlot({ metrics: ["ndcg@10"], rows, notes: [] }, "beauty"), undefined);
  assert.equal(
    balancePlot({ metrics: ["ndcg@10", "balance@10"], rows: rows.slice(1), notes: [] }, "beauty"),
    undefined,
  );
});
