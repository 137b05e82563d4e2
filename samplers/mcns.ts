import type { Rng } from "../random/rng.ts";
import { define } from "../options/method.ts";
import { integer, real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import type { Batch } from "../datasets/batching.ts";
import { idsBelow } from "../datasets/ids_below.ts";
import type { Draw, Policy } from "./sampler.ts";
import { otherStream, rowStream } from "./streams.ts";
import { layerMeans } from "./layer_mean.ts";

/**
 * Markov chain negative sampling: a Metropolis-Hastings chain for each user whose law is p(i | u)^alpha, the model's own
 * estimate p = e^(s / temperature) contracted, over what the user has not met (Yang et al., KDD 2020, Alg. 1 and eq. 9).
 * From item x it proposes, each half of the time, a uniform item or one of the nearest neighbours of x, and moves to y
 * with probability min(1, p(y)^alpha q(x | y) / (p(x)^alpha q(y | x))). Chains go on from epoch to epoch. The paper's
 * loss is `--loss hinge`.
 */
export const mcns = define({
  name: "mcns",
  summary: "A Metropolis-Hastings chain for each user, towards a power of the model's own distribution.",
  citation: "Yang, Ding, Zhou, Yang, Zhou & Tang, KDD 2020",
  options: {
    alpha: evenly(real(0.5, "power of the model's distribution; 0 is uniform", { min: 0, max: 1 }), 0, 1),
    temperature: byMagnitude(real(1, "of the model's distribution", { min: 1e-3 }), 0.1, 10),
    neighbours: integer(10, "nearest items that a move may go to", { min: 1 }),
    refresh: integer(5, "epochs between searches for them", { min: 1 }),
    burnIn: integer(100, "moves of each chain before training starts", { min: 0 }),
    moves: integer(1, "moves between two negatives of a user", { min: 1 }),
  },
}, ({ alpha, temperature, neighbours, refresh, burnIn, moves }): Policy<"ids"> => ({ catalogue, rows }) => {
  const { users, items } = catalogue, near = Math.min(neighbours, items - 1);
  const chain = new Int32Array(users).fill(-1), kin = new Int32Array(items * near);
  const isKin = (of: number, item: number) => kin.subarray(of * near, (of + 1) * near).includes(item);
  /** The proposal's law: half uniform, half over the neighbours. */
  const q = (to: number, from: number) => 0.5 / items + (isKin(from, to) ? 0.5 / near : 0);
  const propose = (from: number, rng: Rng) =>
    rng.uniform() < 0.5 ? rng.below(items) : kin[from * near + rng.below(near)]!;

  /** One move of the chains of `who`, each by its own stream. */
  const move = async (who: Int32Array, streams: (at: number) => Rng, { probe, seen }: Draw) => {
    const uniforms = new Float64Array(who.length), pairs = new Int32Array(2 * who.length);
    who.forEach((user, at) => {
      const rng = streams(at);
      if (chain[user]! < 0) chain[user] = seen.drawUnseen(user, rng);
      pairs[2 * at] = chain[user]!;
      pairs[2 * at + 1] = propose(chain[user]!, rng);
      uniforms[at] = rng.uniform();
    });
    const scores = await probe.score(who, pairs);
    who.forEach((user, at) => {
      const [x, y] = [pairs[2 * at]!, pairs[2 * at + 1]!];
      if (seen.has(user, y)) return; // outside the law's support
      const ratio = Math.exp(alpha * (scores[2 * at + 1]! - scores[2 * at]!) / temperature) * q(x, y) / q(y, x);
      if (uniforms[at]! < ratio) chain[user] = y;
    });
  };
  return {
    proposes: { ids: 1 },
    state: { chain, kin },
    async beginEpoch(draw) {
      const { epoch, probe, seen } = draw;
      if (epoch % refresh === 0) {
        const vectors = await probe.items(idsBelow(items));
        kin.set((await probe.nearest(layerMeans(vectors), vectors.width, near)).ids);
      }
      if (epoch > 0) return;
      const who = idsBelow(users).filter((user) => seen.unseenCount(user) > 0);
      for (let step = 0; step < burnIn; step++) {
        await move(who, (at) => otherStream(draw, step * users + who[at]!), draw);
      }
    },
    async propose(batch, draw) {
      const ids = new Int32Array(rows);
      for (const round of rounds(batch)) {
        const who = round.map((row) => batch.users[row]!);
        const parted = { first: batch.first * moves }; // a row has as many streams as it has moves
        for (let step = 0; step < moves; step++) {
          await move(who, (at) => rowStream(draw, parted, round[at]! * moves + step), draw);
        }
        round.forEach((row, at) => ids[row] = chain[who[at]!]!);
      }
      ids.fill(ids[0]!, batch.rows); // what pads the batch is as its first row
      return { ids };
    },
    select: ({ items }, { ids }) => ({ ids, items: items(ids) }),
  };
});

/** The rows of a batch, parted so that no part has a user twice and each user's rows keep their order. */
function rounds({ users, rows }: Batch): Int32Array[] {
  const times = new Map<number, number>(), parts: number[][] = [];
  for (let row = 0; row < rows; row++) {
    const time = times.get(users[row]!) ?? 0;
    times.set(users[row]!, time + 1);
    (parts[time] ??= []).push(row);
  }
  return parts.map((part) => Int32Array.from(part));
}
