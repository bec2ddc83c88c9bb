import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Answers, HttpAnswer } from "./answers.ts";

const isRenewed = process.env.RENEW_GOLDENS === "1";

const pathOf = (dialect: string, name: string) => join(import.meta.dir, dialect, `${name}.txt`);

/** What is kept of a dialect's answers. With `RENEW_GOLDENS=1` it becomes what they are now. */
export function keptAnswers(dialect: string, name: string, now: string): string {
  const path = pathOf(dialect, name);
  if (isRenewed) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, now);
  }
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** The names under which answers of a dialect are kept. With `RENEW_GOLDENS=1` all others are removed. */
export function keptNames(dialect: string, wanted: readonly string[]): string[] {
  const folder = join(import.meta.dir, dialect);
  const names = readdirSync(folder).map((file) => file.replace(/\.txt$/, ""));
  if (!isRenewed) return names.sort();
  for (const name of names) if (!wanted.includes(name)) rmSync(pathOf(dialect, name));
  return names.filter((name) => wanted.includes(name)).sort();
}

/** Both answers as a text to read: the frames of a stream as they are, and JSON with its fields in lines of their own. */
export function asText({ streamed, whole }: Answers): string {
  return `== streamed: ${describe(streamed)}\n== in one piece: ${describe(whole)}`;
}

function describe({ status, type, body }: HttpAnswer): string {
  const isJson = type.startsWith("application/json");
  return `${status} ${type}\n${isJson ? `${JSON.stringify(JSON.parse(body), null, 2)}\n` : body}`;
}
