import type { Attributes } from "../datasets/metadata.ts";
import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { relu } from "../graphs/ops/activation.ts";
import { add, div, mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { concat, slice, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, flag, integer, real } from "../options/option.ts";
import { among, byMagnitude, evenly } from "../options/searched.ts";
import type { Backbone } from "./backbone.ts";
import { attributeMeans, lookedUp, type Lookup, projections } from "./content.ts";
import { scorings } from "./cosine.ts";
import { innerOf } from "./inner.ts";
import { linear } from "./linear.ts";
import { required } from "./requirements.ts";
import { dot } from "./scoring.ts";

/** Options that bring features. */
const ANY_FEATURES = "--attributes, --item-vectors or --user-attributes";

/** Declares what makes one vector of `count` parts, [.., D] each. */
type Fusion = (graph: GraphBuilder, count: number, dim: number) => (parts: readonly Value[]) => Value;
const fusions: Readonly<Record<"concat" | "sum" | "gate", Fusion>> = {
  concat: () => (parts) => concat(parts, -1),
  sum: () => (parts) => parts.reduce(add),
  // the shares of the parts are softmax(W [x_1; ..; x_P])
  gate: (graph, count, dim) => {
    if (count === 1) return ([part]) => part!;
    const weight = graph.variable("gate", [count * dim, count], xavierUniform);
    return (parts) => {
      const shares = softmax(linear(concat(parts, -1), weight)); // [.., P]
      return parts.map((part, at) => mul(part, slice(shares, -1, at, at + 1))).reduce(add);
    };
  },
};

/**
 * Two towers (Covington, Adams & Sargin, RecSys 2016; Yi et al., RecSys 2019): what is known of a user goes through one
 * network, what is known of an item through another, and near vectors score high, s(u, i) = v_u . v_i / tau. A tower
 * starts from the parts that the data have: a vector of the id, the mean of those of the attributes, and of items a
 * projection of each modality. What an id lacks is a learnt vector; vectors of ids start at zero beside content. Fused,
 * the parts pass `layers` of which all but the last have ReLUs; with `layers` 0 and `fusion` sum the model is LightFM's
 * (Kula, CBRecSys 2015), without its biases. Towers that end on the unit sphere, as Yi et al.'s do, are
 * `score=cosine,temperature=0.05`; here products are plain unless that is asked for.
 *
 * @throws TypeError where the data have no features of users or items, or `layers` is 0 and `fusion` is `concat`, whose
 *   width is not the other tower's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { twoTower } from "./two_tower.ts";
 *
 * assert.equal(typeof twoTower({ dim: 16, fusion: "sum", layers: 0 }).build, "function");
 * assert.throws(() => twoTower({ layers: 0 }), /option "fusion" says "concat"/);
 * ```
 */
export const twoTower = define({
  name: "two-tower",
  summary: "Inner product of two networks: one of what is known of the user, one of what is known of the item.",
  citation: "Covington, Adams & Sargin, RecSys 2016; Yi et al., RecSys 2019",
  options: {
    dim: among(integer(64, "width of each part and of each layer", { min: 1 }), 32, 64, 128),
    layers: evenly(integer(1, "layers of each tower; all but the last have ReLUs", { min: 0 }), 1, 2),
    fusion: choice(["concat", "sum", "gate"], "concat", "parts side by side, added, or added in learnt shares"),
    userIds: flag(true, "users have vectors of their own, beside their attributes"),
    itemIds: flag(true, "items have vectors of their own, beside their content"),
    score: choice(["dot", "cosine"], "dot", "inner product or cosine"),
    temperature: byMagnitude(real(1, "tau, which divides scores", { min: 1e-6 }), 0.05, 2),
  },
}, ({ dim, layers, fusion, userIds, itemIds, score, temperature }): Backbone => {
  if (layers === 0 && fusion === "concat") {
    throw new TypeError(
      'Cannot make "two-tower": with "layers" 0 the towers\' widths differ, option "fusion" says "concat"',
    );
  }
  const tower = (graph: GraphBuilder, parts: readonly Lookup[]): Lookup => {
    const fuse = fusions[fusion](graph, parts.length, dim), first = fusion === "concat" ? parts.length * dim : dim;
    const dense = Array.from({ length: layers }, (_, at) => ({
      weight: graph.variable(`layer${at}`, [at === 0 ? first : dim, dim], xavierUniform),
      bias: graph.variable(`layer${at}/bias`, [dim], zeros),
    }));
    return (ids) =>
      dense.reduce((x, { weight, bias }, at) => {
        const y = linear(x, weight, bias);
        return at < layers - 1 ? relu(y) : y;
      }, fuse(parts.map((part) => part(ids))));
  };
  // where content is known, an id starts as what that says, and becomes more as it is met: the rare ones stay near it
  const withIds = (graph: GraphBuilder, kind: string, count: number, content: readonly Lookup[]): readonly Lookup[] => {
    const ids = graph.variable("id", [count, dim], content.length > 0 ? zeros : xavierUniform, { rowsOf: kind });
    return [(of) => gather(ids, of), ...content];
  };
  const bags = (graph: GraphBuilder, attributes: Attributes | undefined) =>
    attributes ? [attributeMeans(graph, "attributes", attributes, dim, xavierUniform)] : [];
  const towers: Backbone = {
    reads: ["attributes", "vectors", "userAttributes"],
    build(graph, { users, items, metadata }, batch) {
      const { userAttributes, attributes, vectors = [] } = metadata;
      const side = (name: string, count: number, options: string, ids: boolean, content: () => readonly Lookup[]) =>
        graph.scope(name, () => {
          const known = content(), found = ids ? withIds(graph, `${name}s`, count, known) : known;
          required(found[0], "two-tower", `features of ${name}s`, options);
          return lookedUp(graph, count, tower(graph, found));
        });
      required(userAttributes ?? attributes ?? vectors[0], "two-tower", "features of users or items", ANY_FEATURES);
      const user = side("user", users, "--user-attributes", userIds, () => bags(graph, userAttributes));
      const item = side("item", items, "--attributes or --item-vectors", itemIds, () => [
        ...bags(graph, attributes),
        ...vectors.map((modality) => projections(graph, modality, dim, xavierUniform)),
      ]);
      return {
        query: unsqueeze(user(batch.users), 1),
        items: (ids) => unsqueeze(item(ids), -2),
        score: dot,
        dot: true,
      };
    },
  };
  return tempered(scorings[score](towers), temperature);
});

/** Scores divided by `temperature`. */
function tempered(backbone: Backbone, temperature: number): Backbone {
  if (temperature === 1) return backbone;
  return {
    ...backbone,
    build(graph, catalogue, batch) {
      const built = backbone.build(graph, catalogue, batch), { dot: _, ...encoder } = built, inner = innerOf(built);
      return {
        ...encoder,
        ...inner && { inner: (x: Value) => div(inner(x), Math.sqrt(temperature)) },
        score: (query, items) => div(encoder.score(query, items), temperature),
      };
    },
  };
}
