import { losses } from "../losses/mod.ts";
import { backbones } from "../models/mod.ts";
import type { About } from "../options/method.ts";
import { isModule } from "../options/method_spec.ts";
import type { Options } from "../options/option.ts";
import { samplers } from "../samplers/mod.ts";
import { optimizers } from "../training/optimizers.ts";
import { methodsIn } from "./methods.ts";
import { bold, type Output } from "./output.ts";

/** Every registry, under the name that flags have. */
const registries: Readonly<Record<string, Readonly<Record<string, About<Options>>>>> = {
  samplers,
  backbones,
  losses,
  optimizers,
};

const singular: Readonly<Record<string, string>> = {
  samplers: "sampler",
  backbones: "backbone",
  losses: "loss",
  optimizers: "optimiser",
};

/** `list`: what there is, or is in files of one's own, with options, defaults and sources. */
export function list(kinds: readonly string[], output: Output): void {
  const wanted = kinds.length > 0 ? kinds : Object.keys(registries);
  for (const kind of wanted) {
    const registry = isModule({ name: kind }) ? methodsIn(kind) : registries[kind];
    if (!registry) {
      const known = Object.keys(registries).join(", ");
      throw new TypeError(`There is no list of "${kind}"; there are ${known}, or the file of methods of your own`);
    }
    for (const { name, summary, citation, options } of Object.values(registry)) {
      const described = Object.entries(options).map(([option, { default: fallback, help, takes, space }]) => ({
        option,
        default: fallback,
        takes,
        help,
        ...space && { searched: space.text },
      }));
      const lines = described.map(({ option, default: fallback, takes, help, searched }) =>
        `    ${option}=${fallback}  ${help} (${takes}${searched === undefined ? "" : `; tune: ${searched}`})`
      );
      output.result(
        { kind, name, summary, citation, options: described },
        [`${bold(name)}  ${singular[kind] ?? kind}: ${summary}`, `    ${citation}`, ...lines].join("\n"),
      );
    }
  }
}
