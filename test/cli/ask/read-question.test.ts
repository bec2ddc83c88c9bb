import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Question, readQuestion } from "../../../src/cli/ask/read-question.ts";
import { runCli } from "../../support/run-cli.ts";

const QUESTION: Question = {
  model: "claude-sonnet-4",
  system: undefined,
  files: [],
  effort: undefined,
  search: false,
  words: [],
};
const typed = { isTerminal: true, read: async () => "what was typed" };
const piped = (text: string) => ({ isTerminal: false, read: async () => text });

/** What the model is asked. */
async function contentOf(words: readonly string[], input = typed): Promise<string> {
  const body = await readQuestion({ ...QUESTION, words }, input);
  return JSON.parse(JSON.stringify(body)).messages.at(-1).content;
}

describe("the question is", () => {
  test("the words of the command line", async () => {
    expect(await contentOf(["Why", "is the sky", "blue?"])).toBe("Why is the sky blue?");
  });
  test("what is piped in", async () => {
    expect(await contentOf([], piped("Why?\n"))).toBe("Why?\n");
    expect(await contentOf(["-"], piped("Why?\n"))).toBe("Why?\n");
  });
  test("the words first, then what is piped in", async () => {
    expect(await contentOf(["What is this?"], piped("a\nb\n"))).toBe("What is this?\n\na\nb\n");
    expect(await contentOf(["What is this?"], piped(""))).toBe("What is this?");
  });
  test("typed at the terminal where a dash asks for that", async () => {
    expect(await contentOf(["Fix:", "-"])).toBe("Fix:\n\nwhat was typed");
  });
});

test.each([
  ["nothing at a terminal", [], typed, "needs a question"],
  ["an empty pipe", [], piped(" \n"), "the question is empty"],
  ["blank words", [" "], typed, "the question is empty"],
])("there is no question: %s", async (_, words, input, message) => {
  await expect(readQuestion({ ...QUESTION, words }, input)).rejects.toThrow(message);
});

test("the rest of the request is what the flags say", async () => {
  const body = await readQuestion(
    { ...QUESTION, words: ["Hi"], system: "Be brief.", effort: "low", search: true },
    typed,
  );
  expect(body).toEqual({
    model: "claude-sonnet-4",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
    ],
    reasoning_effort: "low",
    web_search_options: {},
  });
});

test("files go before the words; one that is not there is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ask-"));
  try {
    const file = join(folder, "notes.txt");
    writeFileSync(file, "Hello");
    const body = await readQuestion({ ...QUESTION, words: ["Hi"], files: [file] }, typed);
    expect(JSON.parse(JSON.stringify(body)).messages[0].content).toEqual([
      { type: "file", file: { filename: "notes.txt", file_data: "SGVsbG8=" } },
      { type: "text", text: "Hi" },
    ]);
    const missing = join(folder, "none.png");
    await expect(readQuestion({ ...QUESTION, words: ["Hi"], files: [missing] }, typed)).rejects.toThrow(
      `--file: cannot read ${missing}: there is no such file.`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file's name may hold a comma, and begin with ~", async () => {
  const home = mkdtempSync(join(tmpdir(), "ask-"));
  try {
    writeFileSync(join(home, "a, b.txt"), "x");
    const named = await runCli(["ask", "Hi", "--file", "~/a, b.txt", "--file", "~/c,d.txt"], { home });
    expect(named.stderr).toContain(`--file: cannot read ${join(home, "c,d.txt")}: there is no such file.`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
