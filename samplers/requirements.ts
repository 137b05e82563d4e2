import type { Attributes } from "../datasets/metadata.ts";
import type { Setting, Step } from "./sampler.ts";

/** Refuses a backbone whose score is not an inner product. @throws TypeError saying why. */
export function requireDot({ dot }: Step, sampler: string, why: string): void {
  if (!dot) {
    throw new TypeError(`Cannot combine sampler "${sampler}" with this backbone: ${why}, and its score is none`);
  }
}

/** The items' attributes. @throws TypeError where the data have none. */
export function requireAttributes({ catalogue: { metadata } }: Setting, sampler: string): Attributes {
  if (metadata.attributes) return metadata.attributes;
  throw new TypeError(
    `Cannot use sampler "${sampler}": the data have no item attributes; --attributes names a file of them`,
  );
}
