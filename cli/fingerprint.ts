import type { Dataset } from "../datasets/dataset.ts";

/** A digest of what decides a run's numbers. */
export async function fingerprintOf(
  config: Readonly<Record<string, unknown>>,
  data: readonly ArrayBufferView[],
): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(config));
  const parts = [text, ...data.map((column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength))];
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The columns of a dataset that decide a run's numbers: interactions and side information, whatever they are called. */
export function decisiveColumns(data: Dataset): readonly ArrayBufferView[] {
  const { name: _name, userIds: _users, itemIds: _items, titles: _titles, notes: _notes, ...decisive } = data;
  return columnsOf(decisive);
}

/** All columns of numbers under a value, in the order of its keys. */
function columnsOf(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(columnsOf) : [];
}
