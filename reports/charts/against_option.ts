import type { Figure } from "../chart.ts";
import { lines } from "../forms/lines.ts";
import { styleOf } from "../palette.ts";
import type { Method, Study } from "../study.ts";
import { spreadText } from "./results.ts";

/** Values of an option that make a curve. */
const FEWEST = 3;
/** From this ratio of the highest to the lowest value on the axis is logarithmic. */
const WIDE = 8;
const TITLE = "Metric against an option";

/** Methods that differ in one numeric option alone. */
export interface Sweep {
  /** Such as `sampler.pool`. */
  readonly option: string;
  /** What they share, as far as not all methods do. */
  readonly label: string;
  /** In the order of the option. */
  readonly methods: readonly Method[];
}

/** The first metric against each option that methods of the study vary alone (Lai et al., AAAI 2024, Fig. 6). */
export function againstOption(study: Study): readonly Figure[] {
  const [metric = ""] = study.metrics, found = sweeps(study.methods.filter(({ cells }) => cells?.[metric]));
  if (found.length === 0) {
    return [{
      title: TITLE,
      takes: `methods that differ in one number only, at least ${FEWEST} values of it: ` +
        '--samplers "dns:pool=4; dns:pool=8; dns:pool=16"',
    }];
  }
  return [...new Set(found.map(({ option }) => option))].map((option) => {
    const drawn = found.filter((sweep) => sweep.option === option).map(({ label, methods }, at) => {
      const points = methods.map(({ options, cells }) => {
        const { mean, sd } = cells![metric]!;
        return { x: Number(options[option]), y: mean, low: mean - (sd ?? 0), high: mean + (sd ?? 0) };
      });
      return { label, style: styleOf(at), points };
    });
    const named = [...new Set(drawn.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
    return {
      id: `against-${option.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}`,
      title: `${metric} on test against ${option}`,
      caption: `Methods that are alike but for ${option}. ${
        spreadText(study).replace("bars", "bands").replace(", rings the seeds", "")
      } Read off test: to choose a value, choose it on validation. After Fig. 6 of Lai et al. (AAAI 2024).`,
      table: {
        head: [option, ...drawn.map(({ label }) => label)],
        rows: named.map((x) => [
          x,
          ...drawn.map(({ points }) => points.find((point) => point.x === x)?.y.toFixed(4) ?? null),
        ]),
      },
      spec: lines({
        description: `${metric} against ${option}`,
        x: { title: option, named, log: named[0]! > 0 && named.at(-1)! / named[0]! >= WIDE },
        y: { title: metric },
        lines: drawn,
        dots: true,
      }),
    };
  });
}

/**
 * The options that some methods vary alone, and those methods.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sweeps } from "./against_option.ts";
 *
 * const method = (pool: number) => ({ options: { sampler: "dns", "sampler.pool": pool }, cells: {} }) as never;
 * const [found] = sweeps([8, 2, 4].map(method));
 * assert.deepEqual([found!.option, found!.label], ["sampler.pool", "dns"]);
 * assert.deepEqual(found!.methods.map(({ options }) => options["sampler.pool"]), [2, 4, 8]);
 * ```
 */
export function sweeps(methods: readonly Method[]): readonly Sweep[] {
  const known = methods.filter(({ options, cells }) => cells !== null && Object.keys(options).length > 0);
  const names = [...new Set(known.flatMap(({ options }) => Object.keys(options)))];
  const values = (name: string) => new Set(known.map(({ options }) => options[name]));
  const varied = names.filter((name) => values(name).size > 1);
  return varied.flatMap((option) => {
    const alike = Map.groupBy(
      known.filter(({ options }) => typeof options[option] === "number"),
      ({ options }) => JSON.stringify(names.map((name) => name === option ? null : options[name] ?? null)),
    );
    return [...alike.values()].filter((group) => new Set(group.map(({ options }) => options[option])).size >= FEWEST)
      .map((group) => ({
        option,
        label: sharedText(group[0]!, varied.filter((name) => name !== option)),
        methods: group.toSorted((a, b) => Number(a.options[option]) - Number(b.options[option])),
      }));
  });
}

/** A method by those of its options that others have otherwise. */
function sharedText({ options }: Method, varied: readonly string[]): string {
  const said = varied.filter((name) => name.includes(".") && options[name] !== undefined && options[name] !== null);
  return [String(options.sampler ?? "method"), ...said.map((name) => `${name}=${options[name]}`)].join(" ");
}
