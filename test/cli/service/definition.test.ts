import { describe, expect, test } from "bun:test";
import { readDefinition } from "../../../src/cli/service/definition.ts";
import type { CliOptions } from "../../support/run-cli.ts";
import { madeUpMachine, somePort } from "./made-up-machine.ts";

/** What `install` would write for these words. */
async function definitionOf(
  words: readonly string[],
  options: CliOptions = {},
  programs: Readonly<Record<string, string>> = {},
) {
  const { system, service } = madeUpMachine("linux", options);
  for (const [path, target] of Object.entries(programs)) system.programs.set(path, target);
  const { port } = await somePort();
  const { stdout } = await service("install", "--dry-run", "--port", port, ...words);
  const { flags, ...definition } = readDefinition(stdout) ?? { flags: [] };
  return { ...definition, flags: flags.filter((flag) => flag !== `--port=${port}`) };
}

describe("the service's settings", () => {
  test("are the flags given, each as one word", async () => {
    const words = ["--strict", "--no-store", "--model-alias", "a=b", "--model-alias=c=d", "--log-level", "debug"];
    expect((await definitionOf(words)).flags).toEqual([
      ...["--strict", "--log-level=debug", "--no-store", "--model-alias=a=b", "--model-alias=c=d"],
    ]);
  });
  test("and those that variables set here, which the service will not have", async () => {
    const env = { CLAUDE_MAX_API_WARM: "3", CLAUDE_MAX_API_STRICT: "no", CLAUDE_MAX_API_MODEL_ALIAS: "a=b,c=d" };
    expect((await definitionOf(["--warm", "2"], { env })).flags).toEqual([
      ...["--no-strict", "--warm=2", "--model-alias=a=b,c=d"],
    ]);
  });
  test("have absolute paths, since the service starts in another folder", async () => {
    const env = { CLAUDE_MAX_API_API_KEY_FILE: "" };
    expect((await definitionOf(["--claude-path", "../claude"], { env })).flags).toEqual([
      "--claude-path=/home/jane/claude",
    ]);
  });
});

describe("the program", () => {
  const binary = "/home/jane/.local/share/claude-max-api/1.2.3/claude-max-api";
  test("is the link on PATH that leads to it, which an update points elsewhere", async () => {
    const env = { PATH: "/usr/bin:relative:/home/jane/bin" };
    const programs = { "/usr/bin/claude-max-api": "/another", "/home/jane/bin/claude-max-api": binary };
    expect(await definitionOf([], { env }, programs)).toMatchObject({ executable: "/home/jane/bin/claude-max-api" });
  });
  test("is the binary itself where no link leads to it", async () => {
    expect(await definitionOf([])).toMatchObject({ executable: binary });
  });
});

describe("the environment", () => {
  test("has a PATH that begins with the folder of the CLI that is found now", async () => {
    const programs = { "/opt/node/bin/claude": "/opt/node/bin/claude" };
    const { environment } = {
      environment: {},
      ...(await definitionOf([], { env: { PATH: "/opt/node/bin" } }, programs)),
    };
    expect(environment).toEqual({
      PATH: expect.stringMatching(/^\/opt\/node\/bin:\/home\/jane\/\.local\/bin:.*:\/usr\/bin:/),
    });
  });
  test("takes over where things are, and how to reach the network", async () => {
    const env = { CLAUDE_CONFIG_DIR: "/c", XDG_STATE_HOME: "/s", HTTPS_PROXY: "http://proxy:80", EDITOR: "vi" };
    const { environment } = { environment: {}, ...(await definitionOf([], { env })) };
    const { EDITOR: _, ...taken } = env;
    expect(environment).toEqual({ PATH: expect.any(String), ...taken });
  });
});
