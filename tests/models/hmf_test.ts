import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { hmf } from "../../models/hmf.ts";
import { lorentzDistance, lorentzTriple, type Pairwise, poincareDistance } from "../../models/hyperbolic.ts";
import { openRuntime } from "../../runtime/providers.ts";

type Point = readonly [number, number];

/** Compiles a separation of points of the plane, row by row, with its gradient in each. */
async function compiled(of: Pairwise, rows: number) {
  const runtime = await openRuntime({ provider: "wasm" }), graph = new GraphBuilder();
  const x = graph.variable("x", [rows, 1, 2], zeros), y = graph.variable("y", [rows, 1, 1, 2], zeros);
  const apart = of(x, y), slopes = gradients(sum(apart), [x, y]);
  const program = await runtime.compile(graph, {
    outputs: { apart, dx: slopes.get(x) as Value, dy: slopes.get(y) as Value },
  });
  return async (xs: readonly Point[], ys: readonly Point[]) => {
    const tensor = (points: readonly Point[], shape: readonly number[]) => ({
      shape,
      data: Float32Array.from(points.flat()),
    });
    await runtime.load(new Map([["x", tensor(xs, x.shape)], ["y", tensor(ys, y.shape)]]));
    return await program.run({}) as Readonly<Record<"apart" | "dx" | "dy", Float32Array>>;
  };
}
const one = async (of: Pairwise, x: Point, y: Point) => (await (await compiled(of, 1))([x], [y])).apart[0]!;
const near = (found: number, wanted: number, tolerance = 1e-6) =>
  assert(Math.abs(found - wanted) <= tolerance, `${found}, not ${wanted}`);

Deno.test("distances and T have the golden values of the specification", async () => {
  near(await one(lorentzDistance, [0.3, 0.4], [-0.1, 0.2]), 0.433952);
  near(Math.cosh(await one(lorentzDistance, [0.3, 0.4], [-0.1, 0.2])), 1.095644);
  near(await one(lorentzTriple, [0.3, 0.4], [-0.1, 0.2]), -0.041099);
  near(await one(poincareDistance, [0.1, 0.2], [-0.3, 0.1]), 0.864623);
});

Deno.test("a point that lies outside the ball is as far as the point of its rim in the same direction", async () => {
  const inside: Point = [0.1, 0.2], outside: Point = [3, 4], rim: Point = [0.6 * (1 - 1e-5), 0.8 * (1 - 1e-5)];
  const far = await one(poincareDistance, inside, rim);
  near(await one(poincareDistance, inside, outside), far, 0.01);
  near(await one(poincareDistance, outside, inside), far, 0.01);
});

Deno.test("the two models are one geometry: x on the hyperboloid is x / (1 + x0) in the ball", async () => {
  const ball = ([a, b]: Point): Point => {
    const x0 = Math.sqrt(1 + a * a + b * b);
    return [a / (1 + x0), b / (1 + x0)];
  };
  const x: Point = [1.5, -0.3], y: Point = [-0.2, 2];
  near(await one(poincareDistance, ball(x), ball(y)), await one(lorentzDistance, x, y), 1e-5);
});

for (const [name, of, reach] of [["Lorentz", lorentzDistance, 4], ["Poincare", poincareDistance, 0.65]] as const) {
  Deno.test(`${name} distances are symmetric, 0 from a point to itself, and obey the triangle inequality`, async () => {
    const distances = await compiled(of, 5), coordinate = fc.double({ min: -reach, max: reach, noNaN: true });
    const point: fc.Arbitrary<Point> = fc.tuple(coordinate, coordinate);
    await fc.assert(
      fc.asyncProperty(point, point, point, async (a, b, c) => {
        const { apart: [ab, bc, ac, ba, aa] } = await distances([a, b, a, b, a], [b, c, c, a, a]);
        assert(ab! + bc! >= ac! - 5e-3, `${ab} + ${bc} < ${ac}`);
        near(ab!, ba!, 5e-3);
        near(aa!, 0, 5e-3); // float32 cannot tell cosh d from 1 below that
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  Deno.test(`the gradients of ${name} distances are finite where points meet, at the origin and far out`, async () => {
    const points: readonly Point[] = [[0, 0], [0.3, 0.4], [0.3, 0.4], [0.9999999, 0], [50, -3], [50, -3]];
    const others: readonly Point[] = [[0, 0], [0.3, 0.4], [0.3, 0.4000001], [1, 0], [-50, 8], [50, -3]];
    const { apart, dx, dy } = await (await compiled(of, points.length))(points, others);
    for (const found of [apart, dx, dy]) assert(found.every(Number.isFinite), `${found}`);
  });
}

Deno.test("points past the rim of the ball count as their projections", async () => {
  const inside = await one(poincareDistance, [0, 0], [1 - 1e-5, 0]);
  near(inside, Math.log((2 - 1e-5) / 1e-5), 0.01);
  near(await one(poincareDistance, [0, 0], [7, 0]), inside, 1e-5);
  near(await one(poincareDistance, [0, 3], [0, 9]), 0, 1e-2);
});

Deno.test("T is a score of the Lorentz model only", () => {
  assert.throws(() => hmf({ geometry: "poincare", score: "triple" }), {
    name: "TypeError",
    message: 'Cannot make "hmf": geometry "poincare" has "distance", option "score" says "triple"',
  });
});
