/**
 * Not what is run is wrong, but the machine that was to run it: its data cannot be read there, or are others, or its disk
 * is full. What is next would fail there, too.
 */
export class UnsuitedError extends Error {}

/** What is made. @throws UnsuitedError where it cannot be. */
export async function suited<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw new UnsuitedError((error as Error).message, { cause: error });
  }
}
