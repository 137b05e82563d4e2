/** A colour on light and on dark paper. */
interface Shade {
  readonly light: string;
  readonly dark: string;
}

/** Of paper, words and lines. */
export const roles = {
  paper: { light: "#ffffff", dark: "#14171c" },
  ink: { light: "#1f2328", dark: "#e6edf3" },
  muted: { light: "#57606a", dark: "#9ba5b0" },
  grid: { light: "#dfe3e8", dark: "#2d333b" },
} as const satisfies Readonly<Record<string, Shade>>;

/**
 * Of methods. Any two are told apart by people who see all colours and under the three kinds of dichromacy, and each
 * stands out from its paper: a test measures both.
 */
export const colours: readonly Shade[] = [
  { light: "#324cb4", dark: "#008dfb" },
  { light: "#d55e00", dark: "#ea7a45" },
  { light: "#237d49", dark: "#3cd897" },
  { light: "#b5478f", dark: "#b77394" },
  { light: "#009ae3", dark: "#b6d0ff" },
  { light: "#644700", dark: "#f2ce3e" },
  { light: "#2b1b70", dark: "#8461ac" },
  { light: "#4d4c4c", dark: "#fef3f4" },
];

/** How a method is drawn: the same in every chart, and told apart without colour. */
export interface Style {
  readonly colour: string;
  /** Lengths of dashes and gaps; none is a whole line. */
  readonly dash: readonly number[];
  /** As Vega names it. */
  readonly shape: string;
}

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3], [5, 5]];
const SHAPES: readonly string[] = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "triangle-down",
  "cross",
  "triangle-right",
];

/** The style of the n-th method: colours, dashes and shapes go round, each at its own length. */
export const styleOf = (at: number): Style => ({
  colour: colours[at % colours.length]!.light,
  dash: DASHES[at % DASHES.length]!,
  shape: SHAPES[at % SHAPES.length]!,
});

/**
 * Style rules that turn drawings made for light paper dark where the reader's system is. Charts have the colours of light
 * paper as attributes, so that a program without such rules shows those.
 *
 * @param of what the drawings are in, as a CSS selector.
 */
export function darkRules(of = "svg"): string {
  const shades = [...Object.values(roles), ...colours];
  const rules = ["fill", "stroke"].flatMap((paint) =>
    shades.map(({ light, dark }) => `${of} [${paint}="${light}"]{${paint}:${dark}}`)
  );
  return `@media (prefers-color-scheme:dark){${rules.join("")}}`;
}
