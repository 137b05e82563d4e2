/** A variable of the environment; undefined where it is not set, or may not be read: nobody is asked for permission. */
export const variable = (name: string): string | undefined => mayUse(name) ? Deno.env.get(name) : undefined;

/** Sets a variable of the environment where it is not, if that is permitted. */
export function setDefault(name: string, value: string): void {
  if (mayUse(name) && !Deno.env.get(name)) Deno.env.set(name, value);
}

const mayUse = (name: string): boolean =>
  Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
