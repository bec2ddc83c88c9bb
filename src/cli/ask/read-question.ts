import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ConfigError, reasonOf } from "../../config/errors.ts";
import { UsageError } from "../command.ts";
import type { Terminal } from "../terminal/terminal.ts";

export type Question = {
  /** Undefined: the one that the server asks by itself. */
  readonly model: string | undefined;
  readonly system: string | undefined;
  /** Paths of what to send along. */
  readonly files: readonly string[];
  readonly effort: string | undefined;
  /** Whether the model may search the web. */
  readonly search: boolean;
  /** The words of the command line; `-` stands for standard input. */
  readonly words: readonly string[];
};

type Input = Pick<Terminal["input"], "isTerminal" | "read">;

/** The body of a chat that asks the question. Throws ConfigError when there is none, or a file cannot be read. */
export async function readQuestion(
  { model, system, files, effort, search, words }: Question,
  input: Input,
): Promise<object> {
  const parts = await Promise.all(files.map(filePart));
  const text = await readText(words, input);
  const content = parts.length === 0 ? text : [...parts, { type: "text", text }];
  return {
    ...(model === undefined ? {} : { model }),
    messages: [...(system === undefined ? [] : [{ role: "system", content: system }]), { role: "user", content }],
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(search ? { web_search_options: {} } : {}),
  };
}

/** The words first, then what is piped in. */
async function readText(words: readonly string[], input: Input): Promise<string> {
  const isTyped = input.isTerminal && !words.includes("-");
  if (isTyped && words.length === 0) {
    throw new UsageError('ask needs a question: ask "…", or pipe one in.', ["ask"]);
  }
  const asked = words.filter((word) => word !== "-").join(" ");
  const piped = isTyped ? "" : await input.read();
  const parts = [asked, piped].filter((part) => part.trim() !== "");
  if (parts.length === 0) throw new UsageError("the question is empty.", ["ask"]);
  return parts.join("\n\n");
}

/** What a file is, the server sees by its content. */
async function filePart(path: string): Promise<object> {
  try {
    const data = await readFile(path, "base64");
    return { type: "file", file: { filename: basename(path), file_data: data } };
  } catch (cause) {
    throw new ConfigError(`--file: cannot read ${path}: ${reasonOf(cause)}.`, { cause });
  }
}
