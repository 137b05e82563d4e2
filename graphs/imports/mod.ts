import { constants } from "./constants.ts";
import { einsums } from "./einsum.ts";
import { elementwise } from "./elementwise.ts";
import type { Importer } from "./importer.ts";
import { products } from "./linear.ts";
import { normalizations } from "./normalize.ts";
import { reductions } from "./reductions.ts";
import { shapes } from "./shapes.ts";

export type { ImportCall, Importer } from "./importer.ts";

/** The ops of files that Foil's own ops stand for: any other is read as Foil's op of that name, where there is one. */
export const importers: ReadonlyMap<string, Importer> = new Map(
  Object.entries({
    ...constants,
    ...elementwise,
    ...shapes,
    ...reductions,
    ...normalizations,
    ...products,
    ...einsums,
  }),
);
