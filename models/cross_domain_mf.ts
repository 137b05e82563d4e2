import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { sigmoid } from "../graphs/ops/activation.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { concat, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { among, byMagnitude } from "../options/searched.ts";
import type { Backbone, Encoder } from "./backbone.ts";
import { linear } from "./linear.ts";
import { requireSource } from "./requirements.ts";
import { dot } from "./scoring.ts";

/** Declares what a user is in a domain, of the shared vector and the domain's own, [R, D] both. */
type Combination = (graph: GraphBuilder, dim: number) => (shared: Value, own: Value) => Value;
const combinations: Readonly<Record<"sum" | "gate", Combination>> = {
  sum: () => add,
  // g * shared + (1 - g) * own, g = sigmoid([shared; own] W)
  gate: (graph, dim) => {
    const weight = graph.variable("gate", [2 * dim, dim], xavierUniform);
    return (shared, own) => add(own, mul(sigmoid(linear(concat([shared, own], -1), weight)), sub(shared, own)));
  },
};

/**
 * Cross-domain matrix factorisation: users are factorised along with two domains at once (collective factorisation,
 * Singh & Gordon, KDD 2008), by a vector that the domains share and one of each domain, which is how Daumé III (ACL 2007)
 * parts parameters; items are each domain's own,
 *
 *     s_d(u, i) = (shared_u + own_{d,u}) . q_{d,i},  L = L_target + weight L_source
 *
 * where `combine` gate mixes the two instead, g * shared + (1 - g) * own with g = sigmoid([shared; own] W_d). A user
 * without interactions in a domain has there the shared vector alone. What is ranked is the target's items. Own vectors
 * start at zero and decay by themselves, so that domains start alike, and differ where that pays (Evgeniou & Pontil, KDD
 * 2004).
 *
 * @throws TypeError where the data have no other domain.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { crossDomainMf } from "./cross_domain_mf.ts";
 *
 * assert.equal(crossDomainMf.options.combine.default, "sum");
 * assert.equal(typeof crossDomainMf({ dim: 16, combine: "gate" }).build, "function");
 * ```
 */
export const crossDomainMf = define({
  name: "cross-domain-mf",
  summary: "Matrix factorisation whose users are partly shared with another domain, that it learns along.",
  citation: "Singh & Gordon, KDD 2008; Daumé III, ACL 2007",
  options: {
    dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128),
    combine: choice(["sum", "gate"], "sum", "a user's two vectors are added, or mixed coordinate by coordinate"),
    weight: byMagnitude(real(1, "weight of the loss of the other domain", { min: 1e-6 }), 0.1, 10),
    negatives: integer(1, "negatives for each pair of the other domain", { min: 1 }),
  },
}, ({ dim, combine, weight, negatives }): Backbone => ({
  reads: ["source"],
  build(graph, catalogue, batch) {
    const source = requireSource(catalogue, "cross-domain-mf");
    const shared = graph.variable("user/shared", [source.offsets.length - 1, dim], xavierUniform, {
      rowsOf: "users", // of the log, then those of the other domain alone
    });
    /** A domain's functions, of users [R] and items of its own. */
    const domain = (offsets: Int32Array, items: number, kind: string) => {
      const users = offsets.length - 1, own = graph.variable("user", [users, dim], zeros, { rowsOf: "users" });
      const item = graph.variable("item", [items, dim], xavierUniform, { rowsOf: kind }),
        both = combinations[combine](graph, dim);
      const present = Float32Array.from({ length: users }, (_, user) => offsets[user + 1]! > offsets[user]! ? 1 : 0);
      const mask = present.includes(0) ? graph.constant(present, [users, 1]) : undefined;
      return (ids: Value): Encoder => {
        const common = gather(shared, ids), special = gather(own, ids), mixed = both(common, special); // [R, D]
        const user = mask ? add(common, mul(gather(mask, ids), sub(mixed, common))) : mixed;
        return {
          query: unsqueeze(user, 1),
          items: (of) => unsqueeze(gather(item, of), -2),
          score: dot,
          dot: true,
          shared: unsqueeze(common, 1),
          decayed: concat([common, special], -1),
        };
      };
    };
    return {
      ...domain(catalogue.offsets, catalogue.items, "items")(batch.users),
      tasks: [{
        ...{ name: "source", weight, negatives, pairs: source, items: source.items },
        encode: (users) => graph.scope("source", () => domain(source.offsets, source.items, "source items"))(users),
      }],
    };
  },
}));
