// The command lines in Markdown: fenced blocks of a shell, each with what a comment right before it says of running it.
//
//   <!-- server -->              it starts a server, which stays until the next one or the end of the document
//   <!-- clone -->               it needs a clone of the repository, and packages from the registry: `bun run walk` runs it
//   <!-- not run: the reason --> it cannot be run where there is no such system, account or program

import { Glob } from "bun";

export type CommandBlock = {
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  readonly mark: Mark;
};

export type Mark =
  | { readonly kind: "plain" | "server" | "clone" | "clone server" }
  | { readonly kind: "not run"; readonly reason: string };

const SHELLS = ["sh", "bash", "console", "powershell"];

/**
 * The documents for users, by their paths from the repository's top. Translations have the blocks of their originals, which
 * test/docs-translations.test.ts holds, so what is in them is run once.
 */
export function documentsWithCommands(root: string): string[] {
  return ["README.md", ...new Glob("docs/**/*.md").scanSync(root)]
    .filter((file) => !file.startsWith("docs/zh-CN/"))
    .sort();
}

/** Every block of commands of a document, in order. Throws for a mark that means nothing. */
export function commandBlocks(file: string, markdown: string): CommandBlock[] {
  const lines = markdown.split("\n");
  const blocks: CommandBlock[] = [];
  for (let index = 0; index < lines.length; index++) {
    const fence = /^( *)```(\w+)$/.exec(lines[index] ?? "");
    if (fence === null) continue;
    const [, indent = "", language = ""] = fence;
    const end = lines.indexOf(`${indent}\`\`\``, index + 1);
    if (end < 0) throw new Error(`${file}:${index + 1}: the block is never closed`);
    if (SHELLS.includes(language)) {
      const code = lines.slice(index + 1, end).map((line) => line.slice(indent.length));
      blocks.push({ file, line: index + 1, language, code: code.join("\n"), mark: readMark(lines, index, file) });
    }
    index = end;
  }
  return blocks;
}

function readMark(lines: readonly string[], fence: number, file: string): Mark {
  const before = lines.slice(0, fence).findLast((line) => line.trim() !== "") ?? "";
  const comment = /^\s*<!-- ((?:not run|server|clone)\b.*) -->$/.exec(before)?.[1];
  if (comment === undefined) return { kind: "plain" };
  const reason = /^not run: (.+)$/.exec(comment)?.[1];
  if (reason !== undefined) return { kind: "not run", reason };
  if (comment === "server" || comment === "clone" || comment === "clone server") return { kind: comment };
  throw new Error(`${file}:${fence}: a mark is "server", "clone", "clone server" or "not run: REASON", not ${comment}`);
}
