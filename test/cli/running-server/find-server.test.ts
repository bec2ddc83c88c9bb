import { expect, test } from "bun:test";
import { definitionMark } from "../../../src/cli/service/definition.ts";
import { FakeSystem } from "../../support/fake-system.ts";
import { runCli } from "../../support/run-cli.ts";
import { healthy, somePort } from "../service/made-up-machine.ts";

const MODELS = { object: "list", data: [{ id: "claude-made-up-4" }] };

/** `models` on a machine with a service at that port, where nobody listens at the address of the settings. */
async function models(service: string, ...flags: string[]) {
  const { port: free } = await somePort();
  const definition = { version: "1.2.3", executable: "/bin/x", flags: [`--port=${service}`], environment: {} };
  const system = new FakeSystem();
  const file = "/home/jane/.config/systemd/user/claude-max-api.service";
  system.files.set(file, { content: `# ${definitionMark(definition)}`, mode: 0o644 });
  const env = { CLAUDE_MAX_API_PORT: free, CLAUDE_MAX_API_CLAUDE_PATH: "/nowhere/claude" };
  const words = flags.map((flag) => flag.replace("FREE", free));
  return runCli(["models", ...words], { home: "/home/jane", env, system, readFile: system.readFile });
}

const listing = () =>
  somePort((request) => (new URL(request.url).pathname === "/health" ? healthy() : Response.json(MODELS)));

test("a service is asked where it listens when nobody listens where the settings say", async () => {
  const { port, close } = await listing();
  const result = await models(port);
  await close();
  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("claude-made-up-4"), stderr: "" });
});

test("an address that the call names is the one that is meant", async () => {
  const { port, close } = await listing();
  const result = await models(port, "--port", "FREE");
  await close();
  expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("/nowhere/claude") });
});
