import assert from "node:assert/strict";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/mod.ts";
import type { AnyMethod } from "../../options/method.ts";
import { near } from "./formulas.ts";
import { type Given, type Lost, onWasm, table } from "./scored.ts";

/** Options beside the defaults that treat negatives in another way. */
const others: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  bpr: [{ form: "pairs" }],
  bce: [{ negatives: "sum" }],
  gbce: [{ calibration: 0 }, { calibration: 1 }],
  hinge: [{ over: "mean" }, { over: "max" }, { of: "squares" }],
  dcl: [{ hardness: 1 }],
  advinfonce: [{ players: "mlp" }],
  napo: [{ confidence: "rank" }, { confidence: "rank", centred: true }],
  preferdiff: [{ compat: "code" }],
  "triplet-lorentz": [{ form: "triplh", decay: 0 }],
};
const variants: readonly (readonly [string, () => Loss])[] = Object.entries<AnyMethod<Loss>>(losses).flatMap((
  [name, make],
) =>
  [{}, ...others[name] ?? []].map((options) => [`${name} ${JSON.stringify(options)}`, () => make(options)] as const)
);

/** The first rows and columns of what a loss may be given: the last column, and the last row, are beside the others. */
function given(height: number, width: number): Given {
  const block = (of: (row: number, k: number) => number) =>
    Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_, k) => of(row, k)));
  const column = (of: (row: number) => number) => Array.from({ length: height }, (_, row) => of(row));
  return {
    positive: column((row) => 0.3 - row),
    negative: block((row, k) => Math.sin(3 * row + 5 * k)),
    weight: block((row, k) => 1 + Math.cos(row + k) / 2),
    logQ: block((row, k) => -1 - (row + k) % 3),
    positiveLogQ: column((row) => -2 - row),
    positiveWeight: column((row) => 1 + row),
    frozen: { positive: column((row) => row / 3), negative: block((row, k) => Math.cos(2 * row + 3 * k)) },
    items: 5,
    vectors: {
      query: column((row) => row).map((row) => [0.3, -0.2 * row]),
      positive: column((row) => row).map((row) => [0.1, 0.4 * row]),
      negative: block((row, k) => row + k).map((row) => row.map((x) => [Math.sin(x), Math.cos(x)])),
    },
    tensors: new Map([
      ["user", table([1, 64], new Array(64).fill(0.1))],
      ["item", table([5, 64], Array.from({ length: 5 * 64 }, (_, at) => Math.sin(at)))],
    ]),
  };
}
const isZero = (x: number) => Math.abs(x) === 0; // -0 as well
const slopesOf = ({ dp, dn, slopes }: Lost) => [...dp, ...dn, ...Object.values(slopes).flatMap((s) => [...s])];

for (const [name, make] of variants) {
  Deno.test(`${name}: a masked negative is as if it had not been drawn, however low the others score`, () =>
    onWasm(make(), async (of) => {
      for (const shift of [0, -1e4]) {
        const shifted = (width: number): Given => {
          const { positive, negative, ...rest } = given(2, width),
            by = (xs: readonly number[]) => xs.map((x) => x + shift);
          return { ...rest, positive: by(positive), negative: negative.map(by) };
        };
        const masked = await of({ ...shifted(4), mask: [[1, 1, 1, 0], [1, 1, 1, 0]] }), without = await of(shifted(3));
        near(masked.value, without.value);
        [0, 1].forEach((row) => {
          near(masked.dp[row]!, without.dp[row]!);
          [0, 1, 2].forEach((k) => near(masked.dn[4 * row + k]!, without.dn[3 * row + k]!));
          assert(isZero(masked.dn[4 * row + 3]!));
        });
      }
    }));

  Deno.test(`${name}: a row that has no negatives loses nothing and counts; a row that pads does not count`, () =>
    onWasm(make(), async (of) => {
      const one = { ...given(1, 3), mask: [[1, 1, 1]] }, two = given(2, 3), mask = [[1, 1, 1], [0, 0, 0]];
      const alone = await of(one), bare = await of({ ...two, mask }), padded = await of({ ...two, rows: [1, 0] });
      near(bare.value, (await of({ ...two, mask, rows: [1, 0] })).value / 2);
      near(padded.value, alone.value);
      assert(isZero(bare.dp[1]!));
      assert(bare.dn.slice(3).every(isZero));
      near(bare.dp[0]!, alone.dp[0]! / 2);
      near(padded.dp[0]!, alone.dp[0]!);
      assert.equal((await of({ ...one, mask: [[0, 0, 0]] })).value, 0);
    }));

  Deno.test(`${name}: scores of ten thousand either way have finite losses and slopes`, () =>
    onWasm(make(), async (of) => {
      const ends = [[-1e4, 1e4], [1e4, -1e4], [-1e4, -1e4], [1e4, 1e4], [0, 0]] as const;
      const scores = {
        positive: ends.flatMap(([positive]) => [positive, 0]),
        negative: ends.flatMap(([, negative]) => [[negative, 0, -negative], [0, negative, negative]]),
      };
      const kept = {
        mask: ends.flatMap(() => [[0, 1, 0], [1, 0, 1]]),
        weight: ends.flatMap(() => [[1, 0, 2], [0, 1, 0]]),
      };
      for (const more of [{}, kept]) {
        const lost = await of({ ...given(10, 3), ...scores, frozen: scores, ...more });
        assert([lost.value, ...slopesOf(lost)].every(Number.isFinite), `${slopesOf(lost)}`);
        if (more === kept) kept.mask.flat().forEach((keeps, at) => assert(keeps || isZero(lost.dn[at]!)));
      }
    }));
}
