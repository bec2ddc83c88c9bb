import { describe, expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CLIENT_FILES, clientHome, commentIn, FILE_CLIENTS, read } from "../../support/client-files.ts";
import { runCli } from "../../support/run-cli.ts";

/** One whose file is TOML, and one whose is JSON with comments: for what is the same whichever program it is of. */
const FORMATS = ["codex", "openclaw"] as const;

const { home, pathOf, backupOf, put, connect, write, undo } = clientHome();

describe("a file that was changed by hand between two writes", () => {
  test("comes back with the model that was chosen by hand", async () => {
    const path = put("codex");
    await write("codex");
    writeFileSync(path, read(path).replace('"claude-sonnet-4"', '"gpt-6"'));
    const { stderr } = await write("codex");
    expect(stderr).toContain(`What it held before, without these settings, is in ${backupOf("codex")}.`);
    const wanted = CLIENT_FILES.codex.text.replace("gpt-5", "gpt-6");
    expect(read(backupOf("codex"))).toBe(wanted);
    await undo("codex");
    expect(read(path)).toBe(wanted);
  });

  test.each([
    ["codex", 'model_provider = "claude-max-api"', 'model_provider = "openai"'],
    ["opencode", "claude-max-api/claude-sonnet-4", "openai/gpt-6"],
    ["openclaw", "claude-max-api/claude-sonnet-4", "openai/gpt-6"],
  ] as const)("comes back with the provider that was chosen by hand: %s", async (name, from, to) => {
    const path = put(name);
    await write(name);
    writeFileSync(path, read(path).replace(from, to));
    await write(name);
    await undo(name);
    expect(read(path)).toContain(to);
    expect(read(path)).not.toContain("claude-");
  });

  test("is not told apart from one written with another name that the server has", async () => {
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) =>
        request.url.endsWith("/health")
          ? Response.json({ name: "claude-max-api", status: "ok", version: "1.2.3" })
          : Response.json({ data: [{ id: "claude-sonnet-4" }, { id: "gpt-4o" }] }),
    });
    const path = put("codex");
    const words = ["connect", "codex", "--write", "--yes", "--port", String(server.port)];
    await runCli([...words, "--model", "gpt-4o"], { home: home() });
    const { stderr } = await runCli(words, { home: home() });
    expect(stderr).toContain(`The file from before the first --write is in ${backupOf("codex")}.`);
    await undo("codex");
    expect(read(path)).toBe(CLIENT_FILES.codex.text);
  });

  test.each(FILE_CLIENTS)("keeps what was added to it, and comes back without %s's settings", async (name) => {
    const path = put(name);
    await write(name);
    const comment = `${commentIn(name)} later`;
    writeFileSync(path, `${comment}\n${read(path)}`);
    await connect(name, ["--write", "--yes", "--model", "claude-opus-4"]);
    expect(read(backupOf(name))).toStartWith(`${comment}\n`);
    await undo(name);
    expect(read(path)).not.toContain("claude-");
    expect(read(path).replaceAll(/\s|"|'/g, "")).toBe(
      `${comment}\n${CLIENT_FILES[name].text}`.replaceAll(/\s|"|'/g, ""),
    );
  });
});

test.each(FILE_CLIENTS)("a file that was set up by hand, and written then, is taken out again: %s", async (name) => {
  const path = put(name);
  await write(name);
  rmSync(backupOf(name));
  const { stderr } = await connect(name, ["--write", "--yes", "--model", "claude-opus-4"]);
  expect(stderr).toContain(`What it held before, without these settings, is in ${backupOf(name)}.`);
  expect(read(backupOf(name))).not.toContain("claude-");
  await undo(name);
  expect(read(path)).not.toContain("claude-");
});

test.each(FORMATS)("a file that was made, and written again, is removed by undo: %s", async (name) => {
  await write(name);
  await connect(name, ["--write", "--yes", "--model", "claude-opus-4"]);
  expect(existsSync(backupOf(name))).toBe(false);
  await undo(name);
  expect(existsSync(pathOf(name))).toBe(false);
});

describe("Codex with another provider since", () => {
  const SWITCHED = ['model_provider = "claude-max-api"', 'model_provider = "openai"'] as const;

  test("gets back the model and the size of its context, and the copy is kept", async () => {
    const path = put("codex");
    await write("codex");
    writeFileSync(path, read(path).replace(...SWITCHED));
    const { code, stderr } = await undo("codex");
    expect(code).toBe(0);
    expect(read(path)).toBe(CLIENT_FILES.codex.text.replace("\n\n", '\nmodel_provider = "openai"\n\n'));
    expect(stderr).toContain(`What it held before it was set up stays in ${backupOf("codex")}.`);
    expect(read(backupOf("codex"))).toBe(CLIENT_FILES.codex.text);
  });

  test("keeps a model and a size that are not ours", async () => {
    const path = put("codex");
    await write("codex");
    const own = read(path)
      .replace(...SWITCHED)
      .replace("claude-sonnet-4", "gpt-6")
      .replace("1000000", "400000");
    writeFileSync(path, own);
    await undo("codex");
    expect(read(path)).toContain('model = "gpt-6" # the best');
    expect(read(path)).toContain("model_context_window = 400000");
    expect(read(path)).not.toContain("claude-max-api");
  });
});

describe("what undo says of a file", () => {
  test.each(FORMATS)("that held white space alone: nothing was changed since, and it comes back (%s)", async (name) => {
    const path = put(name, "\n \n");
    await write(name);
    const { stderr } = await undo(name);
    expect(stderr).not.toContain("changed since");
    expect(read(path)).toBe("\n \n");
    expect(readdirSync(dirname(path))).toHaveLength(1);
  });

  test.each(FORMATS)("whose copy is gone: what was before cannot be brought back (%s)", async (name) => {
    const path = put(name);
    await write(name);
    rmSync(backupOf(name));
    const { stderr } = await undo(name);
    expect(stderr).toContain(`There is no copy of what ${path} held before`);
    expect(stderr).toContain("cannot be brought back");
    expect(stderr).not.toContain("changed since");
    expect(read(path)).not.toContain("claude-max-api");
  });
});

describe.skipIf(process.platform === "win32")("a link", () => {
  /** Links from a client's file to a name that does not exist, by way of another link. */
  function linkTo(name: "codex", target: string): string {
    mkdirSync(dirname(pathOf(name)), { recursive: true });
    const between = join(home(), "between");
    symlinkSync(target, between);
    symlinkSync(between, pathOf(name));
    return pathOf(name);
  }

  test("that led nowhere stays, and the file that was made behind it is removed", async () => {
    const target = join(home(), "file");
    const path = linkTo("codex", target);
    await write("codex");
    expect(read(target)).toContain("claude-max-api");
    const { stderr } = await undo("codex");
    expect(stderr).toContain(`Removed ${target}.`);
    expect([lstatSync(path).isSymbolicLink(), existsSync(target)]).toEqual([true, false]);
  });

  test("to a file that cannot be written is named, and no copy is left", async () => {
    // With what is appended to the name of a draft, it is too long for a file.
    const target = join(home(), "x".repeat(252));
    writeFileSync(target, CLIENT_FILES.codex.text);
    const path = linkTo("codex", target);
    const { code, stderr } = await write("codex");
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot write ${path}: it is a link to ${target}, which cannot be written: `);
    expect(readdirSync(dirname(path))).toEqual(["config.toml"]);
  });
});

test.each([
  ["a configuration file that is broken", [], "{"],
  ["a file of keys that is gone", ["--api-key-file", "/nowhere/key"], "{}"],
])("undo works with %s", async (_, flags, configuration) => {
  const path = put("codex");
  await write("codex");
  mkdirSync(join(home(), ".config/claude-max-api"), { recursive: true });
  writeFileSync(join(home(), ".config/claude-max-api/config.json"), configuration);
  expect((await connect("codex", ["--undo", "--yes", ...flags])).code).toBe(0);
  expect(read(path)).toBe(CLIENT_FILES.codex.text);
});

describe("what people set in OpenClaw for the older package", () => {
  const before = (inner: string) =>
    `{\n  // mine\n  env: ${inner},\n  agents: { defaults: { model: { primary: "openai/claude-opus-4" } } },\n}\n`;
  const variables = (url: string, key: string) => `{ OTHER: "1", OPENAI_API_KEY: "${key}", OPENAI_BASE_URL: "${url}" }`;

  test.each([
    ["directly in env", (block: string) => block],
    ["under env.vars", (block: string) => `{ vars: ${block} }`],
  ])("%s is taken out, and comes back to the byte", async (_, inside) => {
    const text = before(inside(variables("http://localhost:3456/v1", "not-needed")));
    const path = put("openclaw", text);
    const { stderr } = await write("openclaw");
    expect(read(path)).not.toContain("OPENAI_");
    expect(read(path)).toContain('OTHER: "1"');
    expect(read(path)).toContain('primary: "claude-max-api/claude-sonnet-4"');
    expect(stderr).not.toContain("Note:");
    expect((await write("openclaw")).stderr).toContain("Nothing to change");
    await undo("openclaw");
    expect(read(path)).toBe(text);
  });

  test("stays where it names another server, and is said where OpenClaw refuses it", async () => {
    const path = put("openclaw", before(variables("http://localhost:11434/v1", "not-needed")));
    const { stderr } = await write("openclaw");
    expect(read(path)).toContain('OPENAI_BASE_URL: "http://localhost:11434/v1"');
    expect(stderr).toContain("Note: OPENAI_API_KEY and OPENAI_BASE_URL stand in env");
  });

  test("a key that is one stays, since other models may want it", async () => {
    const path = put("openclaw", before(`{ vars: ${variables("http://127.0.0.1:3456/v1", "sk-real")} }`));
    await write("openclaw");
    expect(read(path)).toContain('OPENAI_API_KEY: "sk-real"');
    expect(read(path)).not.toContain("OPENAI_BASE_URL");
  });
});
