/** Whether what JSON or YAML gave is values by name: no list, no null. */
export const isMapping = (given: unknown): given is Record<string, unknown> =>
  typeof given === "object" && given !== null && !Array.isArray(given);
