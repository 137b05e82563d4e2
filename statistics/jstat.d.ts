/** The part of jstat that Foil uses; the package brings no types. */
declare const jstat: {
  readonly studentt: { cdf(x: number, df: number): number };
  readonly normal: { cdf(x: number, mean: number, sd: number): number };
};
export default jstat;
