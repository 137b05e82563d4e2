import { define } from "../options/method.ts";
import type { Loss, Scores } from "./loss.ts";
import { preference, preferenceOptions } from "./preference.ts";

/**
 * Direct preference with several negatives: -log sigmoid(-log sum_j e^(beta (D_j - D+))), D = s - s_ref the rewards
 * against a frozen reference (Chen et al., NeurIPS 2024, S-DPO, eq. 11). One negative is DPO (Rafailov et al., NeurIPS
 * 2023).
 */
export const sdpo = define({
  name: "sdpo",
  summary: "Preference of the positive over all negatives, by rewards against a frozen copy of the model.",
  citation: "Chen, Tan, Zhang, Yang, Sheng, Zhang, Wang & Chua, NeurIPS 2024",
  options: preferenceOptions,
}, ({ refresh, ...by }): Loss => {
  const loss = (scores: Scores) => preference(scores, by);
  return by.reference === "none" ? loss : Object.assign(loss, { frozen: { refresh } });
});
