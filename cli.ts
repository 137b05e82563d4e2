#!/usr/bin/env -S deno run -A
import { run } from "./cli/program.ts";

if (import.meta.main) Deno.exit(await run(Deno.args));
