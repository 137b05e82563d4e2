import type { AnyMethod } from "../options/method.ts";
import type { Backbone } from "./backbone.ts";
import { hmf } from "./hmf.ts";
import { lightgcn } from "./lightgcn.ts";
import { mf } from "./mf.ts";

/** Every backbone, by name. */
export const backbones = { mf, lightgcn, hmf } as const satisfies Readonly<Record<string, AnyMethod<Backbone>>>;
