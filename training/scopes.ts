/** Where the variables and inputs lie that are not the model's own. */
export const SCOPES = { sampler: "sampler", loss: "loss", frozen: "frozen", tasks: "tasks" } as const;

/** Whether a variable (or a state of one) is the model's: what a recommender is made of. */
export const isModel = (name: string): boolean => !Object.values(SCOPES).some((scope) => name.startsWith(`${scope}/`));
