import type { AnyMethod } from "../options/method.ts";
import { bpr } from "./bpr.ts";
import type { Loss } from "./loss.ts";

/** Every loss, by name. */
export const losses = { bpr } as const satisfies Readonly<Record<string, AnyMethod<Loss>>>;
