import type { AnyMethod } from "../options/method.ts";
import { avgpool } from "./avgpool.ts";
import type { Backbone } from "./backbone.ts";
import { crossDomainMf } from "./cross_domain_mf.ts";
import { gmf } from "./gmf.ts";
import { gru4rec } from "./gru4rec.ts";
import { hmf } from "./hmf.ts";
import { lightgcn } from "./lightgcn.ts";
import { mf } from "./mf.ts";
import { mlp } from "./mlp.ts";
import { multiBehaviourMf } from "./multi_behaviour_mf.ts";
import { neumf } from "./neumf.ts";
import { ngcf } from "./ngcf.ts";
import { preferdiff } from "./preferdiff.ts";
import { sasrec } from "./sasrec.ts";
import { twoTower } from "./two_tower.ts";
import { vbpr } from "./vbpr.ts";

/**
 * Every backbone, by name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { backbones } from "./mod.ts";
 *
 * for (const [name, make] of Object.entries(backbones)) assert.equal(make.name, name);
 * assert.throws(() => backbones.mf({ dim: 0 }), /option "dim" takes a whole number of at least 1, found 0/);
 * ```
 */
export const backbones = {
  mf,
  gmf,
  mlp,
  neumf,
  lightgcn,
  ngcf,
  hmf,
  vbpr,
  "two-tower": twoTower,
  "multi-behaviour-mf": multiBehaviourMf,
  "cross-domain-mf": crossDomainMf,
  sasrec,
  gru4rec,
  avgpool,
  preferdiff,
} as const satisfies Readonly<Record<string, AnyMethod<Backbone>>>;
