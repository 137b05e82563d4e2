import { itemTransitions } from "../datasets/item_transitions.ts";
import { cast } from "../graphs/ops/compare.ts";
import { define } from "../options/method.ts";
import { choice, flag, integer, real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import { perPositive } from "./common_options.ts";
import { hardItems } from "./gnno/hard_items.ts";
import { Overlap } from "./gnno/overlap.ts";
import type { Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";

/**
 * Neighbourhood overlap (GNNO): items that follow one another within `gaps` steps of a sequence are neighbours, and
 * after `start` epochs each row has, beside its uniform negatives, `hard` items drawn by e^(J / temperature), J the
 * Jaccard index of an item's neighbours and the positive's. J is at most h_t = min(cap, step (t - start)): what overlaps
 * more may be a false negative, and hardness grows with the model (Fan, Pu, Zhang & Wu, SIGIR 2023).
 *
 * As released the softmax is over all items, `support` all, with J in [0, 1] and temperature 1: no item is then more
 * than e times as likely as another, and of a large catalogue most that is drawn overlaps with nothing. Here only what
 * overlaps is drawn unless asked; and never what the user has met, which the code lets through. Where nothing is
 * within the cap a row has its uniform negatives alone.
 */
export const gnno = define({
  name: "gnno",
  summary:
    "Uniform negatives, and items whose neighbours in users' sequences overlap with the positive's, up to a cap.",
  citation: "Fan, Pu, Zhang & Wu, SIGIR 2023",
  options: {
    negatives: perPositive(1),
    hard: byMagnitude(integer(3, "hard negatives beside them, drawn with replacement", { min: 1 }), 1, 8),
    gaps: integer(3, "how far apart in a sequence two items may be to be neighbours", { min: 1 }),
    start: integer(5, "epochs without hard negatives", { min: 0 }),
    step: real(0.01, "how much the cap on the overlap rises with each epoch after those", { min: 0 }),
    cap: evenly(real(0.7, "the most that an overlap may be, however late", { min: 0, max: 1 }), 0.1, 1),
    temperature: real(1, "of the softmax over overlaps", { min: 1e-4 }),
    support: choice(["overlap", "all"], "overlap", "draw from the items that overlap at all, or from all of them"),
    weighted: flag(false, "overlap by the weights of edges, sum min / sum max, not by their number"),
  },
}, ({ negatives, hard, gaps, start, step, cap, weighted, ...law }): Policy<"ids" | "kept"> => ({ catalogue, rows }) => {
  const { items: count } = catalogue, width = negatives + hard;
  const overlap = new Overlap(itemTransitions(catalogue.sequences(), count, gaps), weighted);
  const drawHard = hardItems(overlap, count, law);
  return {
    proposes: { ids: width, kept: { dtype: "bool", shape: [rows, width] } },
    propose(batch, draw) {
      const { users, positives } = batch, { epoch, seen } = draw;
      const ids = new Int32Array(rows * width), kept = new Uint8Array(rows * width);
      const most = Math.min(cap, step * (epoch - start)); // h_t
      users.forEach((user, row) => {
        const stream = rowStream(draw, batch, row), at = row * width, after = at + negatives;
        seen.fillUnseen(user, stream, ids, at, negatives);
        const end = at + width, of = { user, positive: positives[row]!, cap: most };
        const found = epoch >= start && drawHard(of, seen, stream, ids.subarray(after, end));
        if (!found) ids.fill(ids[at]!, after, end);
        kept.fill(1, at, found ? end : after);
      });
      return { ids, kept };
    },
    select: ({ items }, { ids, kept }) => ({ ids, items: items(ids), mask: cast(kept, "float32") }),
  };
});
