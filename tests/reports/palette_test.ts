import assert from "node:assert/strict";
import { colours, darkRules, roles, styleOf } from "../../reports/palette.ts";

type Triple = readonly [number, number, number];

/** Linear RGB of `#rrggbb`. */
const linear = (hex: string): Triple =>
  [1, 3, 5].map((at) => {
    const x = parseInt(hex.slice(at, at + 2), 16) / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
const times = (matrix: readonly Triple[], [r, g, b]: Triple) =>
  matrix.map(([x, y, z]) => x * r + y * g + z * b) as unknown as Triple;

const XYZ: readonly Triple[] = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
/** CIELAB under D65. */
function lab(rgb: Triple): Triple {
  const f = (t: number) => t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116;
  const [x, y, z] = times(XYZ, rgb), [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** How colours are seen: by most, and with each of the three cones missing (Machado, Oliveira & Fernandes, TVCG 2009). */
const eyes: Readonly<Record<string, readonly Triple[]>> = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const seenBy = (eye: string, hex: string) =>
  lab(times(eyes[eye]!, linear(hex)).map((x) => Math.min(1, Math.max(0, x))) as unknown as Triple);

/** WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [high, low] = [a, b].map((hex) => times(XYZ, linear(hex))[1]).sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

for (const paper of ["light", "dark"] as const) {
  Deno.test(`on ${paper} paper methods' colours stand out, and no two are alike to anybody`, () => {
    for (const [at, colour] of colours.entries()) {
      assert(contrast(colour[paper], roles.paper[paper]) >= 3, `${colour[paper]} on its paper`); // graphics: 1.4.11
      for (const other of colours.slice(0, at)) {
        for (const eye of Object.keys(eyes)) {
          const [a, b] = [seenBy(eye, colour[paper]), seenBy(eye, other[paper])];
          const apart = Math.hypot(...a.map((x, i) => x - b[i]!));
          assert(apart > 18, `${colour[paper]} and ${other[paper]} are ${apart.toFixed(1)} apart with ${eye}`);
        }
      }
    }
    for (const words of [roles.ink, roles.muted]) assert(contrast(words[paper], roles.paper[paper]) >= 4.5); // text: 1.4.3
  });
}

Deno.test("each of the first 56 methods is drawn in a way of its own, without colour each of the first 35", () => {
  const ways = Array.from({ length: 56 }, (_, at) => styleOf(at));
  assert.equal(new Set(ways.map((style) => JSON.stringify(style))).size, 56);
  assert.equal(new Set(ways.slice(0, 35).map(({ dash, shape }) => JSON.stringify([dash, shape]))).size, 35);
});

Deno.test("every colour of a drawing has one for dark paper, and none is another's", () => {
  const light = [...Object.values(roles), ...colours].map(({ light }) => light), rules = darkRules();
  assert.equal(new Set(light).size, light.length);
  for (const colour of light) {
    for (const paint of ["fill", "stroke"]) {
      assert(rules.includes(`[${paint}="${colour}"]{${paint}:#`), `${paint} ${colour}`);
    }
  }
});
