import { type Call, PROGRAM } from "../command.ts";
import { RefusedError, send, streamChat } from "../running-server/api-client.ts";
import { whereServerIs } from "../running-server/find-server.ts";
import { openServer } from "../running-server/open-server.ts";
import { interruptible, unlessAborted } from "../terminal/signals.ts";
import { showProgress, type Terminal } from "../terminal/terminal.ts";
import { type Question, readQuestion } from "./read-question.ts";

type Shown = { readonly showThinking: boolean; readonly asJson: boolean };

/** Asks, and prints the answer: on standard output that alone, everything else on standard error. */
export async function ask(call: Call, question: Question, { showThinking, asJson }: Shown): Promise<number> {
  const { surroundings } = call;
  const { terminal } = surroundings;
  const config = await whereServerIs(call);
  return interruptible(async (interrupted) => {
    const body = await unlessAborted(readQuestion(question, terminal.input), interrupted);
    await using server = await openServer(config, surroundings, { warm: 0 });
    const shown = showProgress(terminal, "Waiting for the answer");
    if (server.running?.demo) notice(terminal, `the server at ${server.url} is in demo mode: the answer is simulated.`);
    const signal = AbortSignal.any([interrupted, terminal.abandoned]);
    try {
      if (asJson) {
        const completion: unknown = await (await send(server, "/v1/chat/completions", { body, signal })).json();
        shown();
        terminal.write(`${JSON.stringify(completion, null, 2)}\n`);
      } else await printAnswer(streamChat(server, body, signal), { terminal, showThinking, onFirst: shown });
      return 0;
    } catch (error) {
      shown();
      // Whoever read it has enough.
      if (terminal.abandoned.aborted) return 0;
      throw inFlags(error);
    }
  });
}

/** What a reason to end says about the answer. */
const CUT: Readonly<Record<string, string>> = {
  length: "the answer was cut: the model's limit of output was reached.",
  content_filter: "the model declined to go on.",
};

/** The fields of a chat that this command's flags set. */
const FLAG_OF: Readonly<Record<string, string>> = {
  model: "--model",
  reasoning_effort: "--effort",
  web_search_options: "--search",
};

/** The server speaks of fields of its API, which nobody wrote here. */
function inFlags(error: unknown): unknown {
  if (!(error instanceof RefusedError)) return error;
  const { message, param, code } = error;
  if (code === "model_not_found") {
    const [what = message] = message.split(/ (?=For a program that insists|Use claude-)/);
    return new RefusedError(`--model: ${what.charAt(0).toLowerCase()}${what.slice(1)}`, code, param);
  }
  const flag = FLAG_OF[param ?? ""] ?? (/\bcontent\[\d+\]/.test(param ?? "") ? "--file" : undefined);
  if (flag === undefined) return error;
  const said = message.replace(`'${param}'`, flag).replace(/^Invalid value for (\S+): /, "$1: ");
  return new RefusedError(said.includes(flag) ? said : `${flag}: ${said}`, code, param);
}

type Print = { readonly terminal: Terminal; readonly showThinking: boolean; readonly onFirst: () => void };

async function printAnswer(
  answer: ReturnType<typeof streamChat>,
  { terminal, showThinking, onFirst }: Print,
): Promise<void> {
  const visible = terminal.isTerminal ? forTerminal : (text: string) => text;
  let last = "\n";
  let thought = false;
  let cut: string | undefined;
  const sources = new Map<string, string>();
  try {
    for await (const part of answer) {
      if (part.type !== "thinking" || showThinking) onFirst();
      if (part.type === "end") cut = CUT[part.reason];
      else if (part.type === "source") sources.set(part.url, part.title);
      else if (part.type === "text") {
        if (thought) terminal.writeError("\n\n");
        thought = false;
        terminal.write(visible(part.text));
        last = part.text.at(-1) ?? last;
      } else if (showThinking) {
        terminal.writeError(terminal.errorStyle.dim(forTerminal(part.text)));
        thought = true;
      }
    }
  } finally {
    // What the shell, or an error, says next begins a line of its own.
    if (last !== "\n" && !terminal.abandoned.aborted) terminal.write("\n");
  }
  printSources(sources, terminal);
  if (cut !== undefined) notice(terminal, cut);
}

/** The pages that the answer rests on, in the order in which it names them. */
function printSources(sources: ReadonlyMap<string, string>, { writeError, errorStyle }: Terminal): void {
  if (sources.size === 0) return;
  const lines = [...sources].map(([url, title]) => (title === "" ? `  ${url}` : `  ${title} ${url}`));
  writeError(errorStyle.dim(`Sources:\n${forTerminal(lines.join("\n"))}\n`));
}

function notice({ writeError, errorStyle }: Terminal, text: string): void {
  writeError(`${errorStyle.yellow(`${PROGRAM}:`)} ${text}\n`);
}

/**
 * A model's text as a terminal may be shown it: control characters, by which it could change the screen, the title or the
 * clipboard, become visible signs. Line breaks and tabs stay.
 */
export function forTerminal(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, "\uFFFD");
}
