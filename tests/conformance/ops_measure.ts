import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient, type Value, type Variable } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { add, mul } from "../../graphs/ops/arithmetic.ts";
import { denseRows } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { Rng } from "../../random/rng.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { OpRow } from "./op_rows.ts";

/** What one row computes, and its slope along random directions by its rule and by finite differences. */
export interface Measured {
  readonly name: string;
  readonly value: readonly number[];
  readonly slopes: readonly { readonly byRule: number; readonly byDifference: number; readonly scale: number }[];
}

const STEP = 1e-2, DIRECTIONS = 2;
/** A random number of either sign, at least 0.5 from 0: no element goes unseen. */
const signed = (rng: Rng) => (rng.below(2) === 0 ? -1 : 1) * (0.5 + 0.5 * rng.uniform());
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((total, x, at) => total + x * b[at]!, 0);

/**
 * Measures all rows in one graph: loss = sum over rows of covector . row(inputs), whose gradient along a direction is
 * compared with (loss(x + h d) - loss(x - h d)) / 2h. `scale` is the size of what was added up, for a tolerance.
 */
export async function measure(runtime: Runtime, rows: readonly OpRow[]): Promise<readonly Measured[]> {
  const graph = new GraphBuilder(), rng = new Rng(1, "measure");
  const placed = rows.map(({ name, inputs, build }) => {
    const variables = inputs.map(({ shape }, at) => graph.variable(`${name}/${at}`, shape, zeros));
    const value = build(...variables);
    const covector = Float32Array.from({ length: sizeOf(value.shape) }, () => signed(rng));
    return { name, variables, value, covector, start: inputs.map((input) => input.values(rng)) };
  });
  const loss = placed.map(({ value, covector }) => sum(mul(graph.constant(covector, value.shape), value))).reduce(add);
  const found = gradients(loss, placed.flatMap(({ variables }) => variables));
  const dense = (variable: Variable): Value => {
    const gradient = found.get(variable)!;
    return gradient instanceof RowGradient ? denseRows(gradient, variable.shape) : gradient;
  };
  const values = Object.fromEntries(placed.map(({ name, value }) => [name, value]));
  const slopes = Object.fromEntries(placed.flatMap(({ variables }) => variables.map((v) => [`d ${v.name}`, dense(v)])));
  const forward = await runtime.compile(graph, { outputs: values });
  const backward = await runtime.compile(graph, { outputs: slopes });

  /** The values at x + h d, for each row's direction d. */
  const at = async (directions: readonly (readonly number[][])[], h: number) => {
    const shifted = placed.flatMap(({ variables, start }, row) =>
      variables.map(({ name, shape }, i): [string, { shape: readonly number[]; data: Float32Array }] => [name, {
        shape,
        data: Float32Array.from(start[i]!, (x, element) => x + h * directions[row]![i]![element]!),
      }])
    );
    await runtime.load(new Map(shifted));
    return await forward.run({});
  };
  const drawn = Array.from(
    { length: DIRECTIONS },
    () => placed.map(({ start }) => start.map((x) => x.map(() => signed(rng)))),
  );
  const base = await at(drawn[0]!, 0), rule = await backward.run({});
  const differences: Measured["slopes"][] = []; // by direction, then row
  for (const directions of drawn) {
    const ahead = await at(directions, STEP), behind = await at(directions, -STEP);
    differences.push(placed.map(({ name, covector, variables }, row) => {
      const products = variables.flatMap(({ name }, i) =>
        directions[row]![i]!.map((d, element) => d * Number(rule[`d ${name}`]![element]))
      );
      return {
        byRule: products.reduce((a, b) => a + b, 0),
        byDifference: (dot(covector, ahead[name] as Float32Array) - dot(covector, behind[name] as Float32Array)) /
          (2 * STEP),
        scale: Math.hypot(...products, 1e-2),
      };
    }));
  }
  await forward.dispose();
  await backward.dispose();
  return placed.map(({ name }, row) => ({
    name,
    value: Array.from(base[name] as Float32Array),
    slopes: differences.map((rows) => rows[row]!),
  }));
}

/** Relative to the size of the terms: far above float32 noise, far below any wrong rule. */
const TOLERANCE = 1e-2;

/** The rows whose rule disagrees with finite differences, in words. */
export const disagreements = (measured: readonly Measured[]): readonly string[] =>
  measured.flatMap(({ name, slopes }) =>
    slopes.flatMap(({ byRule, byDifference, scale }) =>
      Math.abs(byRule - byDifference) <= TOLERANCE * scale
        ? []
        : [`${name}: the rule says ${byRule}, differences say ${byDifference}`]
    )
  );
