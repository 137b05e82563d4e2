import type { Serving } from "./handler.ts";
import type { ServedModel } from "./served_model.ts";

/** A model that gives way to a newer one. */
export interface Reloading {
  now(): Serving;
  /** Loads the model anew; the old one answers until the new one can, and stays where that cannot be loaded. Never throws. */
  reload(): Promise<void>;
  /** To be called every so often: reloads where the files have changed and have come to rest. */
  look(): Promise<void>;
}

/**
 * @param load loads the model.
 * @param signature says which files there are: equal as long as they are the same.
 * @param say is told what happened.
 */
export async function openReloading(
  load: () => Promise<ServedModel>,
  signature: () => Promise<string>,
  say: (line: string) => void,
): Promise<Reloading> {
  let loaded = await signature(), seen = loaded, model = await load(), reloads = 0;
  let failed: { readonly at: Date; readonly error: string } | undefined,
    working: Promise<void> | undefined,
    again = false;
  const attempt = async () => {
    loaded = seen = await signature(); // whatever comes of it, these files are not tried again
    try {
      const next = await load(), before = model;
      model = next;
      failed = undefined;
      reloads++;
      before.retire();
      say(`the model is a new one, of ${model.ids.users.length} users and ${model.ids.items.length} items`);
    } catch (error) {
      failed = { at: new Date(), error: (error as Error).message };
      say(`the model from ${model.loaded.toISOString()} stays: ${failed.error}`);
    }
  };
  const reload = async () => {
    if (working) {
      again = true;
      return await working;
    }
    working = (async () => {
      do {
        again = false;
        await attempt();
      } while (again);
    })();
    await working;
    working = undefined;
  };
  return {
    now: () => ({ model, news: { reloads, ...failed && { failedReload: failed } } }),
    reload,
    async look() {
      const found = await signature(), rests = found === seen;
      seen = found;
      if (rests && found !== loaded && !working) await reload();
    },
  };
}
