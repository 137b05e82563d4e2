import type { AnyMethod } from "../options/method.ts";
import { ahns } from "./ahns.ts";
import { dns } from "./dns.ts";
import { pns } from "./pns.ts";
import { rns } from "./rns.ts";
import type { Sampler } from "./sampler.ts";

/** Every sampler, by name. */
export const samplers = { rns, pns, dns, ahns } as const satisfies Readonly<Record<string, AnyMethod<Sampler>>>;
