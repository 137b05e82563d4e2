import assert from "node:assert/strict";
import { Caches } from "../../../samplers/divns/caches.ts";
import { DiverseSets } from "../../../samplers/divns/diverse_sets.ts";
import { lastDistance } from "../../../samplers/divns/last_distance.ts";
import { schedules } from "../../../samplers/divns/schedules.ts";
import { catalogueWhere } from "../drawn.ts";
import { inner } from "../layered.ts";

const mixing = { start: 0.8, end: 0.4, kappa: 2, target: 0.9 };
const near = (found: number, wanted: number) => assert(Math.abs(found - wanted) < 1e-6, `${found}, not ${wanted}`);

Deno.test("lambda stays, or goes linearly or by a cosine from its start to its end", () => {
  for (
    const [x, linear, cosine] of [[0, 0.8, 0.8], [0.25, 0.7, 0.4 + 0.2 * (1 + Math.SQRT1_2)], [1, 0.4, 0.4]] as const
  ) {
    near(schedules.constant(mixing), 0.8);
    near(schedules.linear(mixing, x), linear);
    near(schedules.cosine(mixing, x), cosine);
  }
  near(schedules.cosine(mixing, 0.5), 0.6);
  assert.equal(Object.keys(schedules).length, 4);
});

Deno.test("the adaptive lambda rises by kappa for each unit short of the target, within 0 and 1", () => {
  near(schedules.adaptive(mixing, 0, () => 0.9), 0.8);
  near(schedules.adaptive(mixing, 0, () => 0.85), 0.9);
  near(schedules.adaptive(mixing, 0, () => 1), 0.6);
  assert.equal(schedules.adaptive(mixing, 0, () => 0), 1);
  assert.equal(schedules.adaptive(mixing, 0, () => 2), 0);
});

Deno.test("the distance is the mean over users of 1 - cosine between pairs of their mixtures", () => {
  // user 0 has two rows of two pools, user 1 one row of two, user 2 one row and no diverse set, user 3 none
  const of = catalogueWhere([[0, 1], [0], [3], []], 9),
    caches = new Caches(of, 2, 1, 0),
    sets = new DiverseSets(of, 2, 1);
  const table = { width: 2, features: Float32Array.from({ length: 18 }, (_, at) => Math.sin(3 * at + 1)) };
  const rows = [[0, [4, 5]], [1, [6, 2]], [0, [7, 8]], [2, [4, 6]]] as const;
  const none = { candidates: new Int32Array(2), scores: new Float32Array(2) };
  for (const [user, hard] of rows) caches.record(user, 0, { ...none, hard: Int32Array.from(hard) }, false);
  sets.set(0, Int32Array.of(2, 3, 6)); // the fourth mixture takes 2 again
  sets.set(1, Int32Array.of(5, 4));
  const vector = (hard: number, diverse: number, share: number) =>
    [0, 1].map((d) => share * table.features[2 * hard + d]! + (1 - share) * table.features[2 * diverse + d]!);
  const meanOf = (vectors: readonly (readonly number[])[]) => {
    const pairs = vectors.flatMap((a, i) => vectors.slice(i + 1).map((b) => [a, b] as const));
    const distances = pairs.map(([a, b]) => 1 - inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b)));
    return distances.reduce((sum, x) => sum + x) / distances.length;
  };
  const halves = [[[4, 2], [5, 3], [7, 6], [8, 2]], [[6, 5], [2, 4]], [[4, 4], [6, 6]]] as const;
  const mixed = (share: number) => halves.map((pairs) => pairs.map(([h, d]) => vector(h, d, share)));
  const mean = (all: readonly number[]) => all.reduce((sum, x) => sum + x) / all.length;
  near(lastDistance(table, caches, sets, 0.6), mean(mixed(0.6).map(meanOf)));
  caches.clear();
  assert.equal(lastDistance(table, caches, sets, 0.6), 0); // nobody has a pair
});
