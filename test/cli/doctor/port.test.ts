import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type AddressInfo, createServer, type Server } from "node:net";
import { findListener, parseLsof } from "../../../src/cli/running-server/who-listens.ts";
import { MadeUpMachine } from "./made-up-machine.ts";

let machine: MadeUpMachine;
beforeAll(() => {
  machine = new MadeUpMachine();
});
afterAll(() => machine[Symbol.dispose]());

/** What the doctor says of a port on which a server gives this answer. */
async function findingOn(answer: () => Response, options = {}, flags: readonly string[] = []) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  try {
    const [finding] = await machine.findings("port", ["--port", String(server.port), ...flags], options);
    return { finding, port: server.port ?? 0 };
  } finally {
    await server.stop(true);
  }
}

const HEALTH = { name: "claude-max-api", status: "ok", version: "1.2.3" };

describe("our own server", () => {
  test("is well where it is", async () => {
    const { finding, port } = await findingOn(() => Response.json(HEALTH));
    expect(finding).toMatchObject({
      status: "ok",
      message: `claude-max-api 1.2.3 runs on port ${port} (ok).`,
      facts: { port, occupant: "ours", version: "1.2.3" },
    });
  });

  test("of another version is to be started again", async () => {
    const { finding } = await findingOn(() => Response.json({ ...HEALTH, version: "1.0.0" }));
    expect(finding).toMatchObject({ status: "warning", message: expect.stringContaining("this is 1.2.3") });
    // Linux tells which process it is: this one.
    if (process.platform === "linux") expect(finding?.command).toBe(`kill ${process.pid}`);
  });

  test("that cannot answer is a problem, with what mends it", async () => {
    const problem = { code: "cli_logged_out", message: "The Claude CLI is not logged in." };
    const { finding } = await findingOn(() =>
      Response.json({ ...HEALTH, status: "unavailable", problem }, { status: 503 }),
    );
    expect(finding).toMatchObject({ status: "problem", command: "claude auth login" });
  });

  test("that tells nothing without its key is known all the same", async () => {
    const { finding } = await findingOn(() => Response.json({ name: "claude-max-api", status: "ok" }));
    expect(finding).toMatchObject({ status: "ok", message: expect.stringContaining("API key") });
  });
});

describe("the older package", () => {
  const answer = () => Response.json({ status: "ok", provider: "claude-code-cli" });

  test("is a problem, with the command that stops it", async () => {
    const { finding } = await findingOn(answer);
    expect(finding).toMatchObject({ status: "problem", message: expect.stringContaining("claude-max-api-proxy") });
    if (process.platform === "linux") expect(finding?.command).toBe(`kill ${process.pid}`);
  });

  test("as a service on macOS is stopped there, or it would be started again", async () => {
    machine.write("Library/LaunchAgents/com.claude-max-api.plist", "<string>claude-max-api-proxy</string>");
    const { finding } = await findingOn(answer, { platform: "darwin" });
    expect(finding?.command).toBe("launchctl bootout gui/$(id -u)/com.claude-max-api");
  });
});

describe("somebody else", () => {
  test("is a problem, with a port that is free", async () => {
    const { finding, port } = await findingOn(() => new Response("Hello", { status: 404 }));
    expect(finding).toMatchObject({ status: "problem", facts: { occupant: "foreign" } });
    const other = Number(/^claude-max-api --port (\d+)$/.exec(finding?.command ?? "")?.[1]);
    expect(other).toBeGreaterThan(port);
  });

  test("is a problem at one of the two loopback addresses, which is named", async () => {
    const other = Bun.serve({ port: 0, hostname: "::1", fetch: () => new Response("Hello", { status: 404 }) });
    const { port } = other;
    const [finding] = await machine.findings("port", ["--port", String(port)]);
    await other.stop(true);
    expect(finding).toMatchObject({
      status: "problem",
      message: expect.stringContaining(`holds port ${port} of ::1.`),
    });
  });

  test("is a problem, with the other flags that were given, and no key", async () => {
    const flags = ["--demo", "--no-store", "--api-key", "secret-key-1", "--model-alias=a b=c"];
    const { finding } = await findingOn(() => new Response("Hello"), {}, flags);
    const given = finding?.command?.replace(/\d+/, "N").split(" --").slice(1).sort();
    expect(given).toEqual(['api-key "$CLAUDE_MAX_API_KEY"', "demo", "model-alias 'a b=c'", "no-store", "port N"]);
  });

  test("who speaks no HTTP is one, too", async () => {
    const server = await listening((socket) => socket.destroy());
    try {
      const { port } = server.address() as AddressInfo;
      const [finding] = await machine.findings("port", ["--port", String(port)]);
      expect(finding).toMatchObject({ status: "problem", message: expect.stringContaining(`holds port ${port}`) });
    } finally {
      server.close();
    }
  });
});

test("a free port is free, and an address of another machine is a problem", async () => {
  const server = await listening(() => {});
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const args = ["--port", String(port)];
  expect(await machine.findings("port", args)).toMatchObject([{ status: "ok", facts: { occupant: "nobody" } }]);
  const away = await machine.findings("port", [...args, "--host", "192.0.2.1", "--api-key", "a-long-key"]);
  expect(away).toMatchObject([{ status: "problem", command: expect.stringContaining(" --host 127.0.0.1 ") }]);
});

test.skipIf(process.platform !== "linux")("the process that listens is found, and nobody where none does", async () => {
  const server = await listening(() => {});
  const { port } = server.address() as AddressInfo;
  expect(await findListener(port)).toEqual({ pid: process.pid, name: expect.any(String) });
  await new Promise((resolve) => server.close(resolve));
  expect(await findListener(port)).toBeUndefined();
});

test("lsof's output is read", () => {
  expect(parseLsof("p812\ncnode\nf19\n")).toEqual({ pid: 812, name: "node" });
  expect(parseLsof("")).toBeUndefined();
});

function listening(onSocket: (socket: { destroy(): void }) => void): Promise<Server> {
  const server = createServer(onSocket);
  return new Promise((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, () => resolve(server)));
}
