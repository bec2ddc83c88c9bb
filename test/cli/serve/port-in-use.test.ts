import { describe, expect, test } from "bun:test";
import type { Occupant } from "../../../src/cli/running-server/who-listens.ts";
import { whoHasPort } from "../../../src/cli/serve/port-in-use.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { ListenError } from "../../../src/server/bind.ts";

const { config } = loadConfig({ flags: {}, env: {}, home: "/h", platform: "linux", readFile: missing });
const TAKEN = new ListenError("EADDRINUSE", "Port 3456 is in use.", undefined);

function missing(path: string): string {
  throw Object.assign(new Error(path), { code: "ENOENT" });
}

/** What is said where somebody has the port. */
async function said(occupant: Occupant, listener?: { pid: number; name: string }) {
  const look = { ask: async () => occupant, find: async () => listener };
  const error = await whoHasPort(TAKEN, config, { version: "1.2.3" }, look);
  return error instanceof ListenError ? error.message : error;
}

const ours = (more: object = {}): Occupant => ({
  kind: "ours",
  health: { name: "claude-max-api", status: "ok", version: "1.2.3", ...more },
});

describe("where the port is taken, it is said by whom", () => {
  test("by a server of ours: its state, and that there is nothing to do", async () => {
    const at = "already runs at http://127.0.0.1:3456";
    const fine = "There is nothing to do: programs can use it.";
    expect(await said(ours())).toBe(`claude-max-api 1.2.3 ${at} (ok). ${fine}`);
    expect(await said(ours({ demo: true }))).toBe(`claude-max-api 1.2.3 ${at}, in demo mode (ok). ${fine}`);
    const problem = { code: "cli_missing", message: "It was not found." };
    expect(await said(ours({ status: "unavailable", problem }))).toContain("(unavailable: It was not found.)");
    expect(await said(ours({ version: "1.0.0" }))).toBe(
      `claude-max-api 1.0.0 ${at} (ok). To run 1.2.3 in its place, stop that one first.`,
    );
  });
  test("by another program: its name and process, where the system tells", async () => {
    const foreign = { kind: "foreign", answer: "HTTP 404" } as const;
    const other = "stop it, or choose another port: --port 3457.";
    expect(await said(foreign, { pid: 7, name: "node" })).toBe(`Port 3456 is in use by node (process 7): ${other}`);
    expect(await said(foreign)).toBe(`Port 3456 is in use by another program, which answers with HTTP 404: ${other}`);
    expect(await said({ kind: "older-package" }, { pid: 7, name: "node" })).toContain(
      "claude-max-api-proxy (process 7)",
    );
    expect(await said({ kind: "nobody" }, { pid: 7, name: "nc" })).toContain("nc (process 7), which speaks no HTTP");
    expect(await said({ kind: "nobody" })).toBe("Port 3456 is in use.");
  });
});

test("any other error is left as it is", async () => {
  const other = new Error("x");
  expect(await whoHasPort(other, config, { version: "1" })).toBe(other);
});
