import { createHash } from "node:crypto";
import type { Dataset } from "../datasets/dataset.ts";

const DIGEST_BYTES = 16;

/** A digest of what decides a run's numbers: of long columns, too, without a copy of them. */
export function fingerprintOf(
  config: Readonly<Record<string, unknown>>,
  data: readonly ArrayBufferView[],
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(config));
  for (const { buffer, byteOffset, byteLength } of data) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return Promise.resolve(hash.digest("hex").slice(0, 2 * DIGEST_BYTES));
}

/**
 * The columns of a dataset that decide a run's numbers: interactions and side information, whatever users and items are
 * called. Attributes, behaviours and vectors are called by options, so that their names decide, too.
 */
export function decisiveColumns(data: Dataset): readonly ArrayBufferView[] {
  const { name: _name, userIds: _users, itemIds: _items, titles: _titles, notes: _notes, ...decisive } = data;
  return columnsOf(decisive);
}

/** All columns of numbers under a value, in the order of its keys, and each text as the bytes of its JSON. */
export function columnsOf(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value];
  if (typeof value === "string") return [new TextEncoder().encode(JSON.stringify(value))];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(columnsOf) : [];
}
