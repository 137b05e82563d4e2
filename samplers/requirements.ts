import type { Step } from "./sampler.ts";

/** Refuses a backbone whose score is not an inner product. @throws TypeError saying why. */
export function requireDot({ dot }: Step, sampler: string, why: string): void {
  if (!dot) {
    throw new TypeError(`Cannot combine sampler "${sampler}" with this backbone: ${why}, and its score is none`);
  }
}
