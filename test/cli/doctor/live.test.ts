import { expect, test } from "bun:test";
import { checkLive } from "../../../src/cli/doctor/check-live.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { surroundingsOf } from "../../support/run-cli.ts";

test("an answer of a server in demo mode is said to be simulated: nothing was spent, and nothing is known of Claude", async () => {
  const chunk = { model: "claude-haiku-4-5", choices: [{ delta: { content: "OK" }, finish_reason: "stop" }] };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/health": Response.json({ name: "claude-max-api", status: "ok", demo: true }),
      "/v1/chat/completions": () => new Response(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`),
    },
  });
  try {
    const said: string[] = [];
    const surroundings = surroundingsOf({}, (_, text) => said.push(text));
    const { config } = loadConfig({ ...surroundings, flags: { port: [String(server.port)] } });
    const { signal } = new AbortController();
    const finding = await checkLive({ config, surroundings, signal, cliPath: undefined });
    expect(finding).toMatchObject({ status: "warning", facts: { running_server: true, demo: true } });
    expect(finding.message).toEndWith("It is in demo mode: the answer was simulated, and Claude was not asked.");
    expect(said.join("")).toBe("Asking the simulated API one short question …\n");
  } finally {
    await server.stop(true);
  }
});
