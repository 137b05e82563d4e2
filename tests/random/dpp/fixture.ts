import type { Kernel } from "../../../random/dpp/kernel.ts";

/** Golden fixture 10.1: five vectors of rank three, and what they are worth. */
export const features = Float64Array.of(1, 0, 0, .8, .6, 0, 0, 1, 0, 0, 0, 1, .5, .5, Math.SQRT1_2);
export const quality = Float64Array.of(1, .5, 1, .8, .6);
const cosine = (a: number, b: number) =>
  [0, 1, 2].reduce((sum, d) => sum + features[a * 3 + d]! * features[b * 3 + d]!, 0);

/** The same kernel by features (the dual, of width 3) and by pairs (the primal, of size 5). */
export const forms: Readonly<Record<"dual" | "primal", Kernel>> = {
  dual: { features, width: 3, quality },
  primal: { similarity: cosine, quality },
};

/** The laws of sets of k, by their slots in ascending order. */
export const laws: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  2: {
    "01": .026540,
    "02": .294890,
    "03": .188729,
    "04": .079620,
    "12": .047182,
    "13": .047182,
    "14": .013535,
    "23": .188729,
    "24": .079620,
    "34": .033971,
  },
  3: {
    "012": 0,
    "013": .050492,
    "014": .014201,
    "023": .561022,
    "024": .157787,
    "034": .050492,
    "123": .089763,
    "124": .025246,
    "134": .000505,
    "234": .050492,
  },
};

/** How far the frequencies of sets, k slots each in `slots`, are from a law, in total variation. */
export function totalVariation(slots: Int32Array, k: number, law: Readonly<Record<string, number>>): number {
  const counts: Record<string, number> = {}, draws = slots.length / k;
  for (let at = 0; at < slots.length; at += k) {
    const set = slots.slice(at, at + k).sort().join("");
    counts[set] = (counts[set] ?? 0) + 1;
  }
  const sets = new Set([...Object.keys(law), ...Object.keys(counts)]);
  return [...sets].reduce((sum, set) => sum + Math.abs((counts[set] ?? 0) / draws - (law[set] ?? 0)), 0) / 2;
}
