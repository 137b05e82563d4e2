/** Why a request is not answered: what its answer says instead. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What of the request is wrong, and headers that say more. */
    readonly more: { readonly parameter?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
  }
}

/** An answer in JSON. */
export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
  });
