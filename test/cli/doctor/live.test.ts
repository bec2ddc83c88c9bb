import { expect, test } from "bun:test";
import { checkLive } from "../../../src/cli/doctor/check-live.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { surroundingsOf } from "../../support/run-cli.ts";

/** What is found, and said meanwhile, where the server that runs tells this of its health and answers so. */
async function liveAt(health: object, answer: () => Response) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/health": Response.json({ name: "claude-max-api", status: "ok", ...health }),
      "/v1/chat/completions": answer,
    },
  });
  try {
    const said: string[] = [];
    const surroundings = surroundingsOf({}, (_, text) => said.push(text));
    const { config } = loadConfig({ ...surroundings, flags: { port: [String(server.port)] } });
    const { signal } = new AbortController();
    return { finding: await checkLive(config, surroundings, signal), said: said.join("") };
  } finally {
    await server.stop(true);
  }
}

test("an answer of a server in demo mode is said to be simulated: nothing was spent, and nothing is known of Claude", async () => {
  const chunk = { model: "claude-haiku-4-5", choices: [{ delta: { content: "OK" }, finish_reason: "stop" }] };
  const { finding, said } = await liveAt(
    { demo: true },
    () => new Response(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`),
  );
  expect(finding).toMatchObject({ status: "warning", facts: { running_server: true, demo: true } });
  expect(finding.message).toEndWith("It is in demo mode: the answer was simulated, and Claude was not asked.");
  expect(said).toBe("Asking the simulated API one short question …\n");
});

test("a login that Anthropic refuses is a problem, with what mends it", async () => {
  const error = { message: "Invalid bearer token", type: "authentication_error", param: null, code: "login_refused" };
  const { finding } = await liveAt({}, () => Response.json({ error }, { status: 401 }));
  expect(finding).toMatchObject({
    status: "problem",
    message: "Invalid bearer token",
    command: "claude auth login",
    facts: { code: "login_refused" },
  });
});
