/** 0, 1, 1 + 1/2, ...: the harmonic numbers up to `count`. */
export function harmonicSums(count: number): Float32Array {
  const sums = new Float32Array(count + 1);
  for (let rank = 1, total = 0; rank <= count; rank++) sums[rank] = total += 1 / rank;
  return sums;
}
