import { join } from "node:path";
import * as kept from "../../support/kept-text.ts";
import type { Answers, HttpAnswer } from "./answers.ts";

/** What is kept of a dialect's answers. */
export const keptAnswers = (dialect: string, name: string, now: string) =>
  kept.keptText(join(import.meta.dir, dialect, `${name}.txt`), now);

/** The names under which answers of a dialect are kept. */
export const keptNames = (dialect: string, wanted: readonly string[]) =>
  kept.keptNames(join(import.meta.dir, dialect), wanted);

/** Both answers as a text to read: the frames of a stream as they are, and JSON with its fields in lines of their own. */
export function asText({ streamed, whole }: Answers): string {
  return `== streamed: ${describe(streamed)}\n== in one piece: ${describe(whole)}`;
}

function describe({ status, type, body }: HttpAnswer): string {
  const isJson = type.startsWith("application/json");
  return `${status} ${type}\n${isJson ? `${JSON.stringify(JSON.parse(body), null, 2)}\n` : body}`;
}
