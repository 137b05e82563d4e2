/** The differences of paired samples. @throws RangeError where they are of different length. */
export function differences(first: ArrayLike<number>, second: ArrayLike<number>): Float64Array {
  if (first.length !== second.length) {
    throw new RangeError(
      `Cannot pair ${first.length} values with ${second.length}: each value of one sample has its pair in the other`,
    );
  }
  return Float64Array.from({ length: first.length }, (_, at) => first[at]! - second[at]!);
}
