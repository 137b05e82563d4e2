import { idsBelow } from "../../datasets/ids_below.ts";
import { sampleKDppByChain } from "../../random/dpp/chain.ts";
import type { Kernel } from "../../random/dpp/kernel.ts";
import { greedyMap } from "../../random/dpp/map.ts";
import { sampleKDpp } from "../../random/dpp/sample.ts";
import type { Features } from "../../random/dpp/similarities.ts";
import type { Rng } from "../../random/rng.ts";
import type { Draw, Probe } from "../sampler.ts";
import { otherStream } from "../streams.ts";
import type { Caches } from "./caches.ts";
import type { DiverseSets } from "./diverse_sets.ts";
import { evenOverAttributes, leastAlike } from "./picks.ts";
import { quality, type QualityOptions } from "./quality.ts";
import { type Space, space, type SpaceOptions } from "./space.ts";

const samplers = { exact: sampleKDpp, map: greedyMap, mcmc: sampleKDppByChain } as const satisfies Readonly<
  Record<string, (kernel: Kernel, k: number, rng: Rng) => Int32Array>
>;

/** How diverse sets are drawn. */
export interface RedrawOptions extends SpaceOptions, QualityOptions {
  /** By a k-DPP, or what is furthest from hard negatives, or a quota of each attribute. */
  readonly sampler: keyof typeof samplers | "least" | "quota";
  /** Most items of one draw; 0 is no limit. */
  readonly block: number;
}

/** Users whose cached items are scored at a time. */
const USERS = 1024;

/**
 * Draws D_u anew for those users who are due: as many ids as H_u holds out of C_u, by a k-DPP with kernel q_a S_ab q_b
 * unless the sampler says otherwise, in random order; all of C_u where it is no larger.
 */
export async function redraw(
  sets: DiverseSets,
  caches: Caches,
  vectors: Features,
  draw: Draw,
  options: RedrawOptions,
): Promise<void> {
  const { epoch, probe } = draw, { users, metadata } = draw.catalogue, { omega, recency, sampler } = options;
  const compared = space(vectors, metadata.attributes, options, otherStream(draw, users));
  const weigh = quality(compared.cosines, options);
  const due = idsBelow(users).filter((user) => caches.trained[user]! > 0 && sets.isDue(user, epoch));
  for (let first = 0; first < due.length; first += USERS) {
    const some = due.subarray(first, first + USERS), scores = omega !== 0 && await cachedScores(caches, some, probe);
    let scored = 0;
    for (const user of some) {
      const hard = caches.hardOf(user), cached = caches.runnersUpOf(user), stream = otherStream(draw, user);
      const own = scores ? scores.subarray(scored, scored += cached.length) : undefined, k = hard.length;
      const byKDpp = (by: keyof typeof samplers) => {
        const q = weigh(cached, hard, own, recency > 0 ? caches.agesOf(user, cached) : undefined);
        return drawn(compared, cached, q, k, stream, { ...options, sampler: by });
      };
      const picked = () => {
        if (sampler === "least") return leastAlike(compared.cosines, cached, hard, k);
        return sampler === "quota" ? evenOverAttributes(metadata.attributes!, cached, k, stream) : byKDpp(sampler);
      };
      sets.set(user, stream.shuffle(cached.length <= k ? cached : picked()));
    }
  }
}

/**
 * `k` ids of a cache by its k-DPP. Where that is more than a block, the cache is cut into parts, each the runners-up of
 * some of the user's rows, and each gives its share.
 */
function drawn(
  { kernel }: Space,
  cached: Int32Array,
  q: Float64Array,
  k: number,
  rng: Rng,
  { sampler, block }: RedrawOptions & { readonly sampler: keyof typeof samplers },
): Int32Array {
  const parts = block > 0 ? Math.ceil(k / block) : 1, cut = (n: number, part: number) => Math.floor(n * part / parts);
  const start = (part: number) => cut(k, part) + cut(cached.length - k, part); // a part has at least what it gives
  const found = new Int32Array(k);
  for (let part = 0, at = 0; part < parts; part++) {
    const from = start(part), to = start(part + 1);
    const ids = cached.subarray(from, to), share = cut(k, part + 1) - cut(k, part);
    for (const slot of samplers[sampler](kernel(ids, q.subarray(from, to)), share, rng)) found[at++] = ids[slot]!;
  }
  return found;
}

/** Scores of the cached items of some users, user after user. */
async function cachedScores(caches: Caches, some: Int32Array, probe: Probe): Promise<Float32Array> {
  const users: number[] = [], items: number[] = [];
  for (const user of some) {
    for (const id of caches.runnersUpOf(user)) {
      users.push(user);
      items.push(id);
    }
  }
  return await probe.score(Int32Array.from(users), Int32Array.from(items));
}
