import type { Op } from "../builder.ts";
import * as activation from "./activation.ts";
import * as arithmetic from "./arithmetic.ts";
import * as compare from "./compare.ts";
import * as index from "./index.ts";
import * as linear from "./linear.ts";
import * as normalize from "./normalize.ts";
import * as reduce from "./reduce.ts";
import * as shape from "./shape.ts";

/** Every op that Foil knows, by its ONNX name: what a decoded file may contain. */
export const opTable: ReadonlyMap<string, Op> = new Map<string, Op>(
  [activation, arithmetic, compare, index, linear, normalize, reduce, shape]
    .flatMap((family) => Object.values(family) as unknown[])
    .filter((member): member is Op => typeof member === "object" && member !== null && "vjp" in member)
    .map((op) => [op.type, op]),
);
