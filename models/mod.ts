import type { AnyMethod } from "../options/method.ts";
import type { Backbone } from "./backbone.ts";
import { mf } from "./mf.ts";

/** Every backbone, by name. */
export const backbones = { mf } as const satisfies Readonly<Record<string, AnyMethod<Backbone>>>;
