import { describe, expect, test } from "bun:test";
import type { Surroundings } from "../../../src/cli/command.ts";
import { serviceAddress } from "../../../src/cli/running-server/find-server.ts";
import { definitionMark } from "../../../src/cli/service/definition.ts";
import { FakeSystem } from "../../support/fake-system.ts";
import { surroundingsOf } from "../../support/run-cli.ts";

const mark = (...flags: string[]) =>
  definitionMark({ version: "1.2.3", executable: "/bin/claude-max-api", flags, environment: {} });

/** A machine on which the service's file, and no other, holds this text. */
function machine(file: string, text: string, platform: NodeJS.Platform = "linux"): Surroundings {
  const system = new FakeSystem();
  const readFile = (path: string) => {
    if (path === file) return text;
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  };
  return surroundingsOf({ platform, home: platform === "win32" ? "C:\\Users\\jane" : "/home/jane", readFile, system });
}

const UNIT = "/home/jane/.config/systemd/user/claude-max-api.service";

describe("the address of the installed service", () => {
  test.each<[NodeJS.Platform, string]>([
    ["linux", UNIT],
    ["darwin", "/home/jane/Library/LaunchAgents/com.claude-max-api.plist"],
    ["win32", "C:\\Users\\jane\\AppData\\Local\\claude-max-api\\service.xml"],
  ])("is read from the file of %s, whether it runs or not", async (platform, file) => {
    const found = await serviceAddress(machine(file, `# ${mark("--port=8080")}\n`, platform));
    expect(found).toEqual({ hosts: ["localhost"], host: "localhost", port: 8080 });
  });

  test("is what the service was told, host and port", async () => {
    const found = await serviceAddress(machine(UNIT, `# ${mark("--host=127.0.0.2", "--port=9000")}\n`));
    expect(found).toEqual({ hosts: ["127.0.0.2"], host: "127.0.0.2", port: 9000 });
  });

  test.each<[string, Surroundings]>([
    ["there is none", machine("/elsewhere", "")],
    ["somebody else wrote the file", machine(UNIT, "[Service]\nExecStart=/bin/true\n")],
    ["its settings are refused", machine(UNIT, `# ${mark("--port=none")}\n`)],
    ["the system has no services", machine(UNIT, `# ${mark()}\n`, "freebsd")],
  ])("is unknown where %s", async (_, surroundings) => {
    expect(await serviceAddress(surroundings)).toBeUndefined();
  });
});
