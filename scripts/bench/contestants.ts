import { CLAUDE, type Surroundings, waitForWarm } from "./binary.ts";
import { isAnthropicDelta, isOpenAiDelta, Stopwatch, type Timed, timeLines, timePost } from "./timed-stream.ts";

export type Message = { readonly role: "user" | "assistant"; readonly content: string };
export type Tool = { readonly name: string; readonly description: string; readonly parameters: object };
export type Conversation = {
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  /** Of the answer, where it is to have one. */
  readonly schema?: object;
};

/** One way to get an answer: every one is asked the same, and answered by the same simulated API. */
export type Contestant = {
  readonly name: string;
  readonly takesTools: boolean;
  ask(conversation: Conversation): Promise<Timed>;
  /** Resolves when nothing of it runs any more that would disturb what is measured next. */
  settle(): Promise<void>;
};

export const DIRECT = "direct";
export const COLD = "claude -p";
export const PROXY = "proxy";
export const OURS = "ours";

/** Tells the requests of `direct` from those that the CLI sends. */
export const DIRECT_HEADER = "x-bench-direct";

/** How long a process that has answered may take to leave. */
const LEAVING_MS = 200;

/** The simulated API itself: the limit. Asked as a client does that knows of the prompt cache. */
export function direct(url: string): Contestant {
  const cached = { cache_control: { type: "ephemeral" } };
  const lastCached = ({ role, content }: Message) => ({ role, content: [{ type: "text", text: content, ...cached }] });
  return {
    name: DIRECT,
    takesTools: true,
    settle: () => Promise.resolve(),
    ask: ({ system, messages, tools = [], schema }) => {
      const body = {
        model: "claude-sonnet-4-5",
        max_tokens: 32_000,
        stream: true,
        system,
        ...(tools.length === 0
          ? {}
          : { tools: tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })) }),
        ...(schema === undefined ? {} : { output_config: { format: { type: "json_schema", schema } } }),
        messages: [...messages.slice(0, -1), ...messages.slice(-1).map(lastCached)],
      };
      return timePost(`${url}/v1/messages`, body, isAnthropicDelta, { [DIRECT_HEADER]: "1" });
    },
  };
}

/** The CLI started for each request, as scripts do. What was said before is told as text: it has no other way to hear it. */
export function cold({ home, env }: Surroundings): Contestant {
  const args = "-p --model sonnet --output-format stream-json --include-partial-messages --verbose".split(" ");
  let isSettled = true;
  return {
    name: COLD,
    takesTools: false,
    settle: async () => {
      if (!isSettled) await Bun.sleep(LEAVING_MS);
      isSettled = true;
    },
    ask: async ({ system, messages }) => {
      isSettled = false;
      const watch = new Stopwatch(isAnthropicDelta);
      const child = Bun.spawn([CLAUDE, ...args, "--no-session-persistence", "--system-prompt", system], {
        cwd: home,
        env: { ...env },
        stdin: Buffer.from(asText(messages)),
        stdout: "pipe",
        stderr: "ignore",
        timeout: 90_000,
      });
      return timeLines(watch, child.stdout);
    },
  };
}

function asText(messages: readonly Message[]): string {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) return only.content;
  return messages.map(({ role, content }) => `${role === "user" ? "User" : "Assistant"}: ${content}`).join("\n\n");
}

/** A server of the OpenAI dialect: the proxy, or ours. */
export function openAiServer(name: string, url: string, { takesTools }: { takesTools: boolean }): Contestant {
  let isSettled = true;
  return {
    name,
    takesTools,
    settle: async () => {
      if (isSettled) return;
      await (name === PROXY ? Bun.sleep(LEAVING_MS) : waitForWarm(url));
      isSettled = true;
    },
    ask: (conversation) => {
      isSettled = false;
      return timePost(`${url}/v1/chat/completions`, openAiBody(conversation), isOpenAiDelta);
    },
  };
}

function openAiBody({ system, messages, tools = [], schema }: Conversation): object {
  return {
    model: "claude-sonnet-4",
    stream: true,
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: "function", function: tool })) }),
    ...(schema === undefined
      ? {}
      : { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema } } }),
    messages: [{ role: "system", content: system }, ...messages],
  };
}
