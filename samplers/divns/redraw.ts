import type { Draw } from "../sampler.ts";
import type { Caches } from "./caches.ts";
import type { DiverseSets } from "./diverse_sets.ts";
import type { Table } from "./space.ts";
export async function redraw(sets: DiverseSets, caches: Caches, _table: Table, draw: Draw, _o: object): Promise<void> {
  await Promise.resolve();
  for (let user = 0; user < draw.catalogue.users; user++) {
    const ids = caches.runnersUpOf(user), k = caches.hardOf(user).length;
    sets.set(user, draw.rng.seek(draw.epoch, -1 - user).shuffle(ids).slice(0, k));
  }
}
