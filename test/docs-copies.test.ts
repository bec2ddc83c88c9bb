import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { parseCommandLine } from "../src/cli/command-line/parse-command-line.ts";
import { ALL_OPTIONS, OPTIONS } from "../src/config/options.ts";
import { MAX_BODY_BYTES } from "../src/server/limits.ts";

// The files that documents offer for copying: what they start, set and open is what the program takes.

const read = (name: string) => readFileSync(join(import.meta.dir, "../docs", name), "utf8");
const PORT = OPTIONS.port.default;

const Compose = Compile(
  Type.Object({
    services: Type.Record(
      Type.String(),
      Type.Object({
        environment: Type.Record(Type.String(), Type.String()),
        ports: Type.Array(Type.String()),
        volumes: Type.Array(Type.String()),
      }),
    ),
    volumes: Type.Record(Type.String(), Type.Null()),
  }),
);

describe("the Dockerfile", () => {
  const lines = read("docker/Dockerfile").split("\n");

  test("starts a command line that the program takes, and asks its own port for its health", () => {
    const words: unknown = JSON.parse(lines.find((line) => line.startsWith("CMD "))?.slice(4) ?? "[]");
    expect(words).toEqual(["claude-max-api", "serve", "--host", "0.0.0.0"]);
    expect(parseCommandLine(["serve", "--host", "0.0.0.0"]).kind).toBe("run");
    expect(lines).toContain(`EXPOSE ${PORT}`);
    expect(lines.find((line) => line.startsWith("HEALTHCHECK"))).toContain(`http://127.0.0.1:${PORT}/health`);
  });

  test("runs it as a user without rights, and has no secret in it", () => {
    expect(lines.indexOf("USER claude")).toBeGreaterThan(-1);
    expect(lines.join("\n")).not.toMatch(/TOKEN|API_KEY/);
  });
});

describe("the compose file", () => {
  const compose: unknown = Bun.YAML.parse(read("docker/compose.yaml"));
  if (!Compose.Check(compose)) throw new Error("it has not the shape that is known");
  const { services, volumes } = compose;
  const { "claude-max-api": server, "open-webui": webui } = services;

  test("sets variables that the server knows, secrets only from outside", () => {
    const known = ALL_OPTIONS.flatMap(({ env }) => env ?? []);
    const names = Object.keys(server?.environment ?? {});
    expect(names.filter((name) => !known.includes(name))).toEqual(["CLAUDE_CODE_OAUTH_TOKEN"]);
    for (const name of ["CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_MAX_API_KEY"]) {
      expect(server?.environment[name]).toStartWith(`\${${name}:?`);
    }
  });

  test("opens ports for this machine alone, and has each volume that it uses", () => {
    for (const { ports, volumes: used } of Object.values(services)) {
      for (const port of ports) expect(port).toStartWith("127.0.0.1:");
      for (const volume of used) expect(Object.keys(volumes)).toContain(volume.split(":")[0] ?? "");
    }
  });

  test("has Open WebUI call the server by a name that is let in, with its key", () => {
    const url = new URL(webui?.environment.OPENAI_API_BASE_URL ?? "");
    expect([url.port, url.pathname]).toEqual([String(PORT), "/v1"]);
    expect(server?.environment.CLAUDE_MAX_API_ALLOWED_HOST?.split(",")).toContain(url.hostname);
    expect(webui?.environment.OPENAI_API_KEY).toBe(server?.environment.CLAUDE_MAX_API_KEY);
  });
});

test("nginx lets in bodies as large as the server reads, and says a key comes first", () => {
  const page = read("other-machines.md");
  expect(page).toContain(`client_max_body_size ${MAX_BODY_BYTES / 1024 ** 2}m;`);
  expect(page.indexOf("Set a key before")).toBeLessThan(page.indexOf("## "));
});
