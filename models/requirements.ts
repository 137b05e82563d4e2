import type { Catalogue } from "../datasets/catalogue.ts";
import type { Behaviour, SourceDomain } from "../datasets/metadata.ts";

/** What the data must have for a backbone. @throws TypeError naming what is missing, and the options that bring it. */
export function required<T>(found: T | undefined, backbone: string, what: string, options: string): T {
  if (found !== undefined) return found;
  throw new TypeError(`Cannot use backbone "${backbone}": the data have no ${what}; ${options} names a file of them`);
}

/** Weaker behaviours, the strongest first. @throws TypeError where the data have none. */
export const requireBehaviours = ({ metadata: { behaviours } }: Catalogue, backbone: string): readonly Behaviour[] =>
  required(behaviours?.length ? behaviours : undefined, backbone, "weaker behaviours", "--behaviours");

/** Another domain of the same users. @throws TypeError where the data have none. */
export const requireSource = ({ metadata: { source } }: Catalogue, backbone: string): SourceDomain =>
  required(source, backbone, "interactions of another domain", "--source-domain");
