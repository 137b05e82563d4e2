import type { Catalogue } from "../../datasets/catalogue.ts";
import { type HistoryBatch, type HistoryCaps, packed } from "../../datasets/histories.ts";
import type { Backbone } from "../../models/backbone.ts";

/** Histories of three items and of one, of different users, for a step of five rows of which four count. */
export function someHistories(of: Catalogue): { readonly caps: HistoryCaps; readonly batch: HistoryBatch } {
  const { offsets, items } = of.sequences(), caps = { histories: 2, tokens: 5, length: 3 };
  const spans = [{ start: offsets[0]!, end: offsets[0]! + 3 }, { start: offsets[1]!, end: offsets[1]! + 1 }];
  return { caps, batch: packed(items, spans, caps, 5, "all") };
}

/** The part of a step's recipe that a backbone needs which reads histories. */
export const historiesFor = ({ history }: Backbone, of: Catalogue): { readonly histories?: HistoryCaps } =>
  history ? { histories: someHistories(of).caps } : {};
