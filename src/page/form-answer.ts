/** Whether who asks reads pages: browsers say so, programs do not. */
export function wantsPage({ headers }: Request): boolean {
  return headers.get("accept")?.includes("text/html") === true;
}

/** What a form's button did: a form that was sent without script gets the page again, which tells it. */
export function answerForm(request: Request, done: object): Response {
  return wantsPage(request) ? new Response(null, { status: 303, headers: { location: "/" } }) : Response.json(done);
}
