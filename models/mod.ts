import type { AnyMethod } from "../options/method.ts";
import type { Backbone } from "./backbone.ts";
import { crossDomainMf } from "./cross_domain_mf.ts";
import { hmf } from "./hmf.ts";
import { lightgcn } from "./lightgcn.ts";
import { mf } from "./mf.ts";
import { multiBehaviourMf } from "./multi_behaviour_mf.ts";
import { twoTower } from "./two_tower.ts";
import { vbpr } from "./vbpr.ts";

/** Every backbone, by name. */
export const backbones = {
  mf,
  lightgcn,
  hmf,
  vbpr,
  "two-tower": twoTower,
  "multi-behaviour-mf": multiBehaviourMf,
  "cross-domain-mf": crossDomainMf,
} as const satisfies Readonly<Record<string, AnyMethod<Backbone>>>;
