import type { Found } from "./judge.ts";
import type { RankingPool } from "./ranking_pool.ts";
import type { Scorer } from "./scorer.ts";

/** A pool that is there while there is something to rank, one ranking at a time. */
export interface RankingThreads {
  /** What the pool finds; undefined where none can be started and none is required. */
  rank(users: Int32Array, scorer: Scorer): Promise<readonly Found[] | undefined>;
  /** Ends the threads; a ranking under way fails. */
  close(): Promise<void>;
}

/** Threads that have not ranked for so long are ended: a program whose threads wait for work would never end. */
const IDLE_MS = 2000;

/**
 * Starts a pool by `open` when something is to be ranked, and ends it when a ranking fails, or none comes for two seconds.
 * Where a pool cannot be started, the error is thrown if threads are `required`; else it is not tried again.
 */
export function rankingThreads(open: () => Promise<RankingPool>, required: boolean): RankingThreads {
  let pool: Promise<RankingPool> | undefined, idle: ReturnType<typeof setTimeout> | undefined;
  let unavailable = false;
  const opened = async () => {
    if (unavailable) return undefined;
    try {
      return await (pool ??= open());
    } catch (error) {
      pool = undefined;
      if (required) throw error;
      unavailable = true;
    }
  };
  const close = async () => {
    clearTimeout(idle);
    const open = pool;
    pool = undefined;
    (await open?.catch(() => undefined))?.dispose();
  };
  return {
    close,
    async rank(users, scorer) {
      clearTimeout(idle);
      try {
        const found = await (await opened())?.rank(users, scorer);
        if (pool) idle = setTimeout(close, IDLE_MS);
        return found;
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}
