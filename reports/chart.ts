/** A Vega specification: https://vega.github.io/schema/vega/v6.json. */
export type Spec = Readonly<Record<string, unknown>>;

/** A cell of a table; null where there is nothing. */
export type Cell = string | number | null;

/** What a figure shows, in words, in numbers and drawn. */
export interface Chart {
  /** Of the element and of the file; unique on a page. */
  readonly id: string;
  readonly title: string;
  /** What is drawn, of what, and what bars and bands are. */
  readonly caption: string;
  /** The numbers behind it. */
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] };
  readonly spec: Spec;
}

/** A figure that cannot be drawn of what is there. */
export interface Missing {
  readonly title: string;
  /** What it takes: a sentence. */
  readonly takes: string;
}

/** A figure, or what it takes. */
export type Figure = Chart | Missing;

/** Figures that take the same are told in one sentence: their titles, and what. */
export const missingText = (missing: readonly Missing[]): readonly (readonly [titles: string, takes: string])[] =>
  [...Map.groupBy(missing, ({ takes }) => takes)].map(([takes, figures]) => [
    figures.map(({ title }) => title).join(", "),
    `${figures.length > 1 ? "take" : "takes"} ${takes}`,
  ]);

export const isChart = (figure: Figure): figure is Chart => "spec" in figure;
