import type { Ids } from "./ids.ts";
import type { Interactions } from "./interactions.ts";
import type { Metadata } from "./metadata.ts";

/** What is trained on, selected by, and tested on. The parts share their user and item counts. */
export interface Parts {
  readonly train: Interactions;
  readonly valid?: Interactions;
  readonly test?: Interactions;
  /**
   * What users of a held-out part had met before it, where train does not say: where a log is parted by user, those held
   * out are not in train at all.
   */
  readonly before?: { readonly valid?: Interactions; readonly test?: Interactions };
}

/** Interactions in parts, the names of their ids, and what was done to them on the way in. */
export interface Dataset extends Parts {
  readonly name: string;
  readonly userIds: Ids;
  readonly itemIds: Ids;
  /** By dense item id; undefined where the source gives none. */
  readonly titles?: readonly (string | undefined)[];
  /** What else is known, in dense ids. */
  readonly metadata?: Metadata;
  /** Rows of train that repeated a user and item and were merged into others. */
  readonly merged?: number;
  /** One sentence each: merged duplicates, dropped ratings, test rows whose item was never trained on. */
  readonly notes: readonly string[];
}
