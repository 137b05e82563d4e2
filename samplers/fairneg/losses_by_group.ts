import type { Catalogue } from "../../datasets/catalogue.ts";
import type { Probe } from "../sampler.ts";
import type { ItemGroups } from "../../datasets/item_groups.ts";

/** The mean of -log sigmoid(s) over each group's train positives under the model as it stands; NaN where a group has none. */
export async function lossesByGroup(
  { users, offsets, positives }: Pick<Catalogue, "users" | "offsets" | "positives">,
  { of, count }: Pick<ItemGroups, "of" | "count">,
  probe: Pick<Probe, "score">,
): Promise<number[]> {
  const owners = new Int32Array(positives.length);
  for (let user = 0; user < users; user++) owners.fill(user, offsets[user], offsets[user + 1]);
  const totals = new Float64Array(count), sizes = new Float64Array(count);
  (await probe.score(owners, positives)).forEach((s, at) => {
    const group = of[positives[at]!]!;
    totals[group]! += Math.max(-s, 0) + Math.log1p(Math.exp(-Math.abs(s))); // softplus(-s)
    sizes[group]!++;
  });
  return Array.from(totals, (total, z) => total / sizes[z]!);
}
