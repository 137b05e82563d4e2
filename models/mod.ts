import type { AnyMethod } from "../options/method.ts";
import type { Backbone } from "./backbone.ts";
import { gmf } from "./gmf.ts";
import { hmf } from "./hmf.ts";
import { lightgcn } from "./lightgcn.ts";
import { mf } from "./mf.ts";
import { mlp } from "./mlp.ts";
import { neumf } from "./neumf.ts";
import { ngcf } from "./ngcf.ts";

/** Every backbone, by name. */
export const backbones = {
  mf,
  gmf,
  mlp,
  neumf,
  lightgcn,
  ngcf,
  hmf,
} as const satisfies Readonly<Record<string, AnyMethod<Backbone>>>;
