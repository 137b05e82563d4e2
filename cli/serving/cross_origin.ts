/** What a page is let do from its browser, as browsers ask before they let it. */
const LET = {
  "access-control-allow-methods": "GET, HEAD, POST",
  "access-control-allow-headers": "content-type",
  "access-control-max-age": "86400",
} as const;

/**
 * Answers that pages of an origin may read in browsers (CORS), and what browsers ask before they send a request.
 *
 * @param origin as `https://shop.example`, or `*` for any.
 * @throws TypeError where it is neither.
 */
export function crossOrigin(
  origin: string,
  answer: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  if (origin !== "*" && !(URL.canParse(origin) && new URL(origin).origin === origin)) {
    throw new TypeError(`Cannot allow origin "${origin}": expected one as https://shop.example, without a path, or *`);
  }
  const said = { "access-control-allow-origin": origin, ...origin !== "*" && { vary: "origin" } };
  return async (request) => {
    if (request.method === "OPTIONS" && request.headers.has("access-control-request-method")) {
      return new Response(null, { status: 204, headers: { ...said, ...LET } });
    }
    const response = await answer(request);
    for (const [name, value] of Object.entries(said)) response.headers.set(name, value);
    return response;
  };
}
