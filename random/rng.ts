/** Avalanches one 32-bit word (the finaliser of MurmurHash3). */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** 2^-32: turns an unsigned 32-bit integer into a fraction. */
const TWO_TO_MINUS_32 = 1 / 4294967296;
const TWO_TO_MINUS_24 = 1 / 16777216;

/**
 * A seeded stream of random numbers: xoshiro128** (Blackman & Vigna, ACM TOMS 2021) keyed by a seed and a name.
 *
 * Streams of different names are independent, so drawing more from one never shifts another. {@link Rng.seek} places
 * the stream at a counter: what is drawn for one (epoch, row) depends on nothing drawn before it, hence neither on the
 * batch size nor on where a run was resumed. Not for cryptography.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rng } from "./rng.ts";
 *
 * const draws = new Rng(7, "candidates");
 * const first = draws.seek(3, 41).below(1000);
 * draws.below(5);
 * assert.equal(draws.seek(3, 41).below(1000), first);
 * ```
 */
export class Rng {
  readonly #state = new Uint32Array(4);
  readonly #low: number;
  readonly #high: number;

  /** @param seed a whole number. @param name which stream of that seed. @throws RangeError where the seed is none. */
  constructor(seed: number, name: string) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`Cannot draw by the seed ${seed}: it is a whole number`);
    let low = mix((seed >>> 0) ^ 0x9e3779b9), high = mix(Math.floor(seed / 4294967296) + 0x7f4a7c15);
    for (let at = 0; at < name.length; at++) {
      low = mix(low + name.charCodeAt(at));
      high = mix(high ^ (low + at));
    }
    this.#low = low;
    this.#high = high;
    this.seek(0, 0);
  }

  /** Places the stream at counter (`major`, `minor`) and returns it; for example (epoch, row). */
  seek(major: number, minor: number): this {
    const a = mix(this.#low + Math.imul(major, 0x9e3779b9)), b = mix(this.#high ^ Math.imul(minor + 1, 0x85ebca77));
    const state = this.#state;
    state[0] = mix(a + b);
    state[1] = mix(a ^ Math.imul(b, 0xc2b2ae3d));
    state[2] = mix(b + 0x27d4eb2f);
    state[3] = mix(a + 0x165667b1) | 1; // never the all-zero state
    return this;
  }

  /** A uniform integer in [0, 2^32). */
  next(): number {
    const s = this.#state;
    const s0 = s[0]!, s1 = s[1]!, s3 = s[3]!;
    const five = Math.imul(s1, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const s2 = s[2]! ^ s0;
    const t3 = s3 ^ s1;
    s[1] = s1 ^ s2;
    s[0] = s0 ^ t3;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (t3 << 11) | (t3 >>> 21);
    return result;
  }

  /** A uniform number in [0, 1). */
  uniform(): number {
    return this.next() * TWO_TO_MINUS_32;
  }

  /** A uniform integer in [0, `bound`), `bound` <= 2^32. Each value's probability is exact to within 2^-32. */
  below(bound: number): number {
    return Math.floor(this.next() * TWO_TO_MINUS_32 * bound);
  }

  /** As many draws of {@link Rng.below} into `into[from]` and on: the same numbers. */
  fillBelow(bound: number, into: Int32Array, from: number, count: number): void {
    const scale = TWO_TO_MINUS_32 * bound, end = from + count;
    this.#fill(into, from, end);
    for (let at = from; at < end; at++) into[at] = Math.floor((into[at]! >>> 0) * scale);
  }

  /** Uniform numbers in [0, 1) into all of `into`: 24 bits of {@link Rng.next}, so that as float32 none is rounded to 1. */
  fillUniform(into: Float32Array): void {
    const bits = new Int32Array(into.buffer, into.byteOffset, into.length);
    this.#fill(bits, 0, bits.length);
    for (let at = 0; at < bits.length; at++) into[at] = (bits[at]! >>> 8) * TWO_TO_MINUS_24;
  }

  /** The bits of {@link Rng.next} into `into[from]` to `into[end - 1]`, the state kept at hand. */
  #fill(into: Int32Array, from: number, end: number): void {
    const state = this.#state;
    let s0 = state[0]! | 0, s1 = state[1]! | 0, s2 = state[2]! | 0, s3 = state[3]! | 0;
    for (let at = from; at < end; at++) {
      const five = Math.imul(s1, 5);
      into[at] = Math.imul((five << 7) | (five >>> 25), 9);
      s2 ^= s0;
      const t3 = s3 ^ s1, t2 = s2 ^ (s1 << 9);
      s1 ^= s2;
      s0 ^= t3;
      s2 = t2;
      s3 = (t3 << 11) | (t3 >>> 21);
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }

  /** A standard normal number (Box & Muller, 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Permutes `values` in place, every order equally likely (Fisher & Yates; Durstenfeld 1964). */
  shuffle<T extends Int32Array | Uint32Array | Float32Array | unknown[]>(values: T): T {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.below(last + 1), kept = values[last]!;
      values[last] = values[other]!;
      values[other] = kept;
    }
    return values;
  }
}
