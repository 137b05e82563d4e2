import { idsBelow } from "../datasets/ids_below.ts";
import type { Rng } from "../random/rng.ts";
import { perPositive } from "./common_options.ts";
import { drawUntil } from "./draw_until.ts";
import { firstAbove } from "./first_above.ts";
import { define } from "../options/method.ts";
import { real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { requireDot } from "./requirements.ts";
import type { Draw, Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";
import { layerMeans } from "./layer_mean.ts";

/** What the mean rank is of, where it is not given: one item in so many. */
const ITEMS_PER_RANK = 200;

/**
 * Adaptive oversampling: a rank r with p(r) proportional to e^(-r / lambda), a factor d with p(d | u) proportional to
 * |p_ud| sd_d, and the r-th item by sign(p_ud) q_id (Rendle & Freudenthaler, WSDM 2014, Alg. 1). Hard negatives
 * without scoring candidates; the items are sorted anew by every factor after |I| log |I| draws.
 */
export const aobpr = define({
  name: "aobpr",
  summary: "An item of geometrically drawn rank, by one of the factors that matter to the user.",
  citation: "Rendle & Freudenthaler, WSDM 2014",
  options: {
    negatives: perPositive(1),
    lambda: byMagnitude(real(0, `mean rank; 0 is a ${ITEMS_PER_RANK}th of the items`, { min: 0 }), 10, 3000),
  },
}, ({ negatives, lambda }): Policy<"ids"> => ({ catalogue: { items: count }, rows }) => {
  const all = idsBelow(count), law = truncatedGeometric(lambda || Math.max(1, count / ITEMS_PER_RANK), count);
  const perSort = count * Math.log(count);
  /** Items by each factor, highest first, [D, I]; the spread of each factor, [D]; draws since. */
  let sorted = new Int32Array(), spreads = new Float32Array();
  const drawn = new Float32Array(1);
  const sort = async ({ probe }: Draw) => {
    const vectors = await probe.items(all), { width } = vectors;
    ({ sorted, spreads } = byFactor(layerMeans(vectors), count, width));
    drawn[0] = 0;
  };
  return {
    proposes: { ids: negatives },
    get state() {
      return { sorted, spreads, drawn };
    },
    restore(saved) {
      sorted = saved.sorted as typeof sorted;
      spreads = saved.spreads as typeof spreads;
      drawn.set(saved.drawn!);
    },
    async propose(batch, draw) {
      if (sorted.length === 0 || drawn[0]! >= perSort) await sort(draw);
      const queries = layerMeans(await draw.probe.queries(batch.users)), width = spreads.length;
      const ids = new Int32Array(rows * negatives), reach = new Float64Array(width);
      for (let row = 0; row < rows; row++) {
        const user = batch.users[row]!, query = queries.subarray(row * width, (row + 1) * width);
        const stream = rowStream(draw, batch, row);
        for (let d = 0, total = 0; d < width; d++) reach[d] = total += Math.abs(query[d]!) * spreads[d]!;
        const next = () => {
          const d = firstAbove(reach, stream.uniform() * reach[width - 1]!), rank = law(stream);
          return sorted[d * count + (query[d]! >= 0 ? rank : count - 1 - rank)]!;
        };
        for (let column = 0; column < negatives; column++) {
          ids[row * negatives + column] = drawUntil(next, (item) => !draw.seen.has(user, item)) ??
            draw.seen.drawUnseen(user, stream);
        }
      }
      drawn[0]! += batch.rows * negatives;
      return { ids };
    },
    select(step, { ids }) {
      requireDot(step, "aobpr", "it sorts items by the factors of an inner product");
      return { ids, items: step.items(ids) };
    },
  };
});

/** A mean rank of so many times the items is uniform over them to within float32; far beyond, 1 - e^(-count / lambda) is 0. */
const FLAT = 1e9;

/** Draws r in 0 .. count - 1 with p(r) proportional to e^(-r / lambda). */
export function truncatedGeometric(lambda: number, count: number): (rng: Rng) => number {
  const scale = Math.min(lambda, FLAT * count), mass = 1 - Math.exp(-count / scale);
  return (rng) => Math.min(count - 1, Math.floor(-scale * Math.log(1 - rng.uniform() * mass)));
}

/** Items [I, D] sorted by each factor, highest first and ties by id, [D, I]; and each factor's standard deviation. */
function byFactor(items: Float32Array, count: number, width: number) {
  const sorted = new Int32Array(count * width), spreads = new Float32Array(width), column = new Float32Array(count);
  for (let d = 0; d < width; d++) {
    let sum = 0, squares = 0;
    for (let item = 0; item < count; item++) {
      const x = column[item] = items[item * width + d]!;
      sum += x;
      squares += x * x;
    }
    spreads[d] = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
    sorted.set(descending(column), d * count);
  }
  return { sorted, spreads };
}

/** Positions of `values`, largest first, ties by position: packed into doubles, which sort without a comparator. */
function descending(values: Float32Array): Int32Array {
  const count = values.length, bits = new Uint32Array(values.slice().buffer), keys = new Float64Array(count);
  const coarse = Math.max(1, 2 ** Math.ceil(Math.log2(count / 2 ** 21))); // 32 bits of value, 21 of position, 53 in all
  for (let at = 0; at < count; at++) {
    const bit = bits[at]!, falling = (bit & 0x80000000 ? bit : ~bit & 0x7fffffff) >>> 0;
    keys[at] = Math.floor(falling / coarse) * count + at;
  }
  return Int32Array.from(keys.sort(), (key) => key % count);
}
