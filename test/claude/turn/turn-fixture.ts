import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { ClientTools } from "../../../src/claude/tools/client-tools.ts";
import { type TurnOptions, TurnRun } from "../../../src/claude/turn/turn-run.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts } from "../../support/scripts.ts";
import { toolNames } from "../../support/tool-names.ts";

/** Stands in for the CLI: says what is written to a file, notes what it hears, and ends its turn when it is interrupted. */
const FAKE_CLI = `
tail -n +1 -f say &
while read -r line; do
  printf '%s\\n' "$line" >> heard
  case $line in *'"subtype":"interrupt"'*)
    id=\${line#*'"request_id":"'}; id=\${id%%'"'*}
    cat on-interrupt
    echo '{"type":"control_response","response":{"subtype":"success","request_id":"'"$id"'","response":{}}}'
    echo '{"type":"result","subtype":"error_during_execution","is_error":true}' ;;
  esac
done
`;

/** A message to the CLI as the fixture heard it. */
type Heard = {
  readonly type: string;
  readonly request?: { readonly subtype: string };
  readonly response?: { readonly request_id: string; readonly response: unknown };
};

/** Waits for a condition without any timer, since those are not real in the tests of a turn. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

export type TurnFixture = AsyncDisposable & {
  readonly run: TurnRun;
  readonly process: CliProcess;
  readonly tools: ClientTools;
  /** Every event so far. */
  readonly events: readonly ChatEvent[];
  /** What became of the turn so far. */
  readonly outcomes: readonly string[];
  say(...lines: readonly string[]): void;
  heard(): Heard[];
  /** The answers to the CLI's question of this id. */
  answersTo(requestId: string): unknown[];
  wasInterrupted(): boolean;
};

/** One turn in a real process that says what it is told to. `onInterrupt`: what it says before it ends an interrupted turn. */
export function startTurn(options: Partial<TurnOptions> = {}, onInterrupt: readonly string[] = []): TurnFixture {
  const scripts = makeScripts();
  const file = (name: string) => join(scripts.directory, name);
  const linesOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
  for (const name of ["say", "heard"]) writeFileSync(file(name), "");
  writeFileSync(file("on-interrupt"), linesOf(onInterrupt));
  const process = new CliProcess({
    path: scripts.write("claude", FAKE_CLI),
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: scripts.directory,
    logger: new Logger("silent"),
  });
  const names = toolNames(["f", "g"]);
  const tools = new ClientTools({
    tools: [],
    callTimeoutMs: 60_000,
    respond: (id, response) => process.respond(id, response),
  });
  process.answerWith((request) => tools.handle(request));
  const run = new TurnRun({
    process,
    tools,
    names,
    output: undefined,
    isResumed: false,
    filteredStops: [],
    silenceTimeoutMs: 600_000,
    // It answers no control request but one.
    pulseMs: 2_000_000_000,
    ...options,
  });
  const events: ChatEvent[] = [];
  const outcomes: string[] = [];
  const reading = (async () => {
    for await (const event of run.events) events.push(event);
  })();
  void run.outcome.then((outcome) => outcomes.push(outcome));
  const heard = () =>
    readFileSync(file("heard"), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line): Heard => JSON.parse(line));
  return {
    run,
    process,
    tools,
    events,
    outcomes,
    say: (...lines) => appendFileSync(file("say"), linesOf(lines)),
    heard,
    answersTo: (id) => heard().flatMap(({ response }) => (response?.request_id === id ? [response.response] : [])),
    wasInterrupted: () => heard().some(({ request }) => request?.subtype === "interrupt"),
    async [Symbol.asyncDispose]() {
      await process.terminate();
      await reading;
      scripts[Symbol.dispose]();
    },
  };
}
