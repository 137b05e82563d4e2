import { external } from "../models/external.ts";
import type { ExternalOptions } from "../models/external.ts";
import type { Backbone } from "../models/backbone.ts";
import { isModule, type MethodSpec, methodSpec } from "../options/method_spec.ts";
import { resolve, text } from "../options/option.ts";
import { readBytesNow } from "./files.ts";
import { digestOfFile, madeMethod, settledMethod } from "./methods.ts";

/** A backbone as options give it. */
export interface BackboneValues {
  readonly backbone: string | null;
  /** Patterns of initialisers that stay as they are, parted by commas. */
  readonly freeze: string | null;
}

/** The options of a backbone that is a file, written as those of any method: `model.onnx:query=q,item=i`. */
export const fileOptions = {
  query: text(null, "the tensor that represents a user"),
  item: text(null, "the tensor that represents an item"),
  scores: text(null, "the tensor of scores"),
  users: text(null, "the input of user ids"),
  items: text(null, "the input of item ids"),
  fresh: text(null, "the matrices that are drawn anew, as a pattern of names in which * stands for any characters"),
} as const;

/** Whether a backbone is a file: of Foil's own none is called so. */
export const isFile = ({ name }: Pick<MethodSpec, "name">): boolean => name.endsWith(".onnx");

/** Makes the backbone that options ask for: one of Foil's by its name, or a file by its path. */
export function makeBackbone(values: BackboneValues): Backbone {
  const spec = methodSpec("backbone", values.backbone);
  if (isFile(spec)) return external(readBytesNow(spec.name, "the backbone"), readingOf(values));
  if (values.freeze === null) return madeMethod("backbone", spec);
  throw new TypeError(`Cannot freeze "${values.freeze}": backbone "${spec.name}" is none of a file`);
}

/** The backbone of a run, whose file, where it has one, lies at `path` with the trained weights. */
export function savedBackbone(backbone: string, path: string): Backbone {
  const spec = methodSpec("backbone", backbone);
  if (isModule(spec)) return ofRun(spec);
  if (!isFile(spec)) return madeMethod("backbone", spec);
  return external(readBytesNow(path, "the backbone of run"), readingOf({ backbone, freeze: null }));
}

/** @throws Error where the file of somebody's own that made it is not where it was, or makes it no more. */
function ofRun(spec: MethodSpec): Backbone {
  try {
    return madeMethod("backbone", spec);
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`Cannot open the run: its backbone is in a file, as it was named to train it. ${why}`, {
      cause: error,
    });
  }
}

/**
 * Options with what `auto` is for these backbones: ids are numbers of rows if one is a file, whose tables have rows; a log
 * is parted by leaving each user's last out if one reads histories, which go on in time.
 */
export function withDataFor<V extends { readonly ids: string; readonly split: string }>(
  values: V,
  backbones: readonly (string | null)[],
): V {
  const specs = backbones.map((given) => methodSpec("backbone", given));
  const ofRows = values.ids === "auto" && specs.some(isFile);
  const ofHistories = values.split === "auto" &&
    specs.some((spec) => !isFile(spec) && madeMethod("backbone", spec).history);
  return { ...values, ...ofRows && { ids: "rows" }, ...ofHistories && { split: "leave-one-out" } };
}

/** How the options of a file have it read. */
export function readingOf({ backbone, freeze }: BackboneValues): ExternalOptions {
  const { name, options } = methodSpec("backbone", backbone);
  const { query, item, scores, users, items, fresh } = resolve(name, fileOptions, options);
  if ((users === null) !== (items === null)) {
    throw new TypeError(
      `Cannot make "${name}": options "users" and "items" name its two inputs: give both, found only ${
        users === null ? `items=${items}` : `users=${users}`
      }`,
    );
  }
  return {
    source: name,
    ...query !== null && { query },
    ...item !== null && { item },
    ...scores !== null && { scores },
    ...users !== null && items !== null && { inputs: { user: users, item: items } },
    ...fresh !== null && { fresh: [fresh] },
    ...freeze !== null && { freeze: freeze.split(",").map((pattern) => pattern.trim()).filter(Boolean) },
  };
}

/** A backbone with every option in it: two ways to write the same give the same. A file counts by what is in it. */
export function settledBackbone({ backbone, freeze }: BackboneValues): MethodSpec {
  const spec = methodSpec("backbone", backbone), { name, options } = spec;
  if (!isFile(spec)) return settledMethod("backbone", spec);
  return { name: digestOfFile(name, "backbone"), options: { ...resolve(name, fileOptions, options), freeze } };
}
