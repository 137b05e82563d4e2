/** The numbers 0 .. count - 1. */
export function idsBelow(count: number): Int32Array {
  const ids = new Int32Array(count);
  for (let id = 0; id < count; id++) ids[id] = id;
  return ids;
}
