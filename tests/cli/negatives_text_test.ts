import assert from "node:assert/strict";
import { negativesText } from "../../cli/negatives_text.ts";

const report = {
  pairs: 10,
  hardness: { mean: 0.51234, median: 0.4, skipped: 0.1 },
  nonFinite: 0,
  byPositive: null,
  zeroGradient: 0.25,
  gradient: 0.3,
  cosineDistance: 0.9,
  items: {
    falseNegatives: { rate: 0.012, base: 0.004 },
    cosineDistance: 0.9,
    quantile: 0.8712,
    popularity: 12.34,
    head: 0.5,
    mid: 0.3,
    tail: 0.2,
    unique: 1,
  },
};

Deno.test("what the negatives were is told in a few lines", () => {
  assert.equal(
    negativesText(report, 25),
    [
      "negatives of epoch 25",
      "  hardness s- / s+, mean and median  0.512, 0.400",
      "  score above so many of the unseen  87.12%",
      "  pairs that teach nothing           25.00%",
      "  distance apart, 1 - cosine         0.900",
      "  false negatives, and by chance     1.20%, 0.40%",
      "  mean popularity                    12.3",
      "  head, mid, tail                    50.00%, 30.00%, 20.00%",
    ].join("\n"),
  );
});

Deno.test("of synthesised negatives it is told how far apart their items lie, too", () => {
  const text = negativesText({ ...report, items: { ...report.items, cosineDistance: 0.95 } }, 25);
  assert.match(text, /1 - cosine +0\.900\n +and of the items they are made of +0\.950\n/);
});

Deno.test("that scores are no finite numbers is told where some are", () => {
  assert.match(
    negativesText({ ...report, nonFinite: 0.125 }, 25),
    /\n {2}pairs with a score that is not finite +12\.50%\n/,
  );
});

Deno.test("what is not known is left out", () => {
  const text = negativesText({
    ...report,
    hardness: { mean: null, median: null, skipped: 1 },
    cosineDistance: null,
    items: null,
  }, 0);
  assert.equal(text, "negatives of epoch 0\n  pairs that teach nothing  25.00%");
});
