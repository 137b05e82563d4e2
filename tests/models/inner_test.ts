import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { openScorer } from "../../evaluation/scorer.ts";
import { innerVectors, scoresOf, type Vectors } from "../../evaluation/vectors.ts";
import type { Backbone } from "../../models/backbone.ts";
import { backbones } from "../../models/mod.ts";
import type { AnyMethod } from "../../options/method.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { checkerboard, checkerboardMetadata } from "./checkerboard.ts";
import { smallBackbone } from "./small_backbone.ts";

const SIZE = 16, of = catalogue(checkerboard(SIZE), checkerboardMetadata(SIZE));
/** Not in whole panels: scores are those of the graph, not of the kernel of inner products. */
const COLUMNS = SIZE + 1;
/** Backbones whose histories, towers or tables end in the same inner product as another's. */
const ALIKE = ["gmf", "sasrec", "gru4rec", "multi-behaviour-mf", "cross-domain-mf"];
const NONE = ["mlp", "neumf", "hmf"], BIASED = ["mf:bias", "vbpr"];
const variants = Object.entries<AnyMethod<Backbone>>(backbones).flatMap(([name, make]) => [
  { name, backbone: smallBackbone(make) },
  ...["mf", "ngcf", "preferdiff"].includes(name)
    ? [{ name: `${name}:cosine`, backbone: smallBackbone(make, { score: "cosine" }) }]
    : [],
  ...name === "mf" ? [{ name: "mf:bias", backbone: smallBackbone(make, { bias: true }) }] : [],
  ...name === "two-tower"
    ? [{ name: "two-tower:temperature", backbone: smallBackbone(make, { score: "cosine", temperature: 0.2 }) }]
    : [],
]);
const row = ({ data, width }: Vectors, id: number) => data.subarray(id * width, (id + 1) * width);

Deno.test("every backbone but networks over pairs and distances gives vectors whose inner products are its scores", async () => {
  for (const { name, backbone } of variants) {
    const runtime = await openRuntime({ provider: "wasm", seed: 2 }), { inner, biased } = scoresOf(backbone, of);
    assert.equal(inner, !NONE.includes(name), name);
    assert.equal(biased, BIASED.includes(name), name);
    if (inner && !ALIKE.includes(name.split(":")[0]!)) {
      const users = await innerVectors(runtime, backbone, of, "users");
      const items = await innerVectors(runtime, backbone, of, "items");
      const scorer = await openScorer(runtime, backbone, of, { rows: 2, columns: COLUMNS });
      await scorer.score(Int32Array.of(3, 9), (scores) => {
        for (const [at, user] of [3, 9].entries()) {
          for (let item = 0; item < SIZE; item++) {
            const q = row(users, user), product = row(items, item).reduce((sum, v, d) => sum + v * q[d]!, 0);
            const score = scores[at * COLUMNS + item]!;
            assert(Math.abs(score - product) <= 1e-4 * Math.max(1, Math.abs(score)), `${name}: ${score}, ${product}`);
          }
          if (biased) assert.equal(row(users, user).at(-1), 1, name);
        }
      });
      await scorer.dispose();
    }
    await runtime.dispose();
  }
});
