import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cliEnvironment } from "../../src/claude/cli/invocation.ts";
import { compareVersions } from "../../src/claude/cli/version.ts";
import { firstAttachments } from "../../src/claude/probe/first-attachments.ts";
import { Probe } from "../../src/claude/probe/probe.ts";
import type { Attachment } from "../../src/claude/session/encode-transcript.ts";
import { removeWhenRead } from "../../src/claude/session/transcript-folder.ts";
import { encodeBlock } from "../../src/claude/turn/encode-content.ts";
import type { ContentBlock, Turn } from "../../src/core/request.ts";
import { Logger } from "../../src/observability/logger.ts";
import { isFields } from "../../src/simulator/messages-body.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { answerTo, assistant, CliHome, MODEL, NAMES, type ResumedSession, user } from "../support/cli-session.ts";
import { CLAUDE } from "../support/harness.ts";
import { PDF, PNG } from "../support/media.ts";
import { receivedTurns } from "../support/received.ts";
import { logIn } from "../support/stored-login.ts";

let home: CliHome;
beforeAll(() => {
  home = new CliHome();
});
afterAll(() => home[Symbol.asyncDispose]());

function lastRequest(): RecordedRequest {
  const request = home.simulator.requests.at(-1);
  if (request === undefined) throw new Error("nothing was asked");
  return request;
}

/** As the API has them. */
const asReceived = (turns: readonly Turn[]) =>
  turns.map(({ role, content }) => ({ role, content: content.map((block) => encodeBlock(block, NAMES)) }));

/** Whole text of each turn, where only its division into blocks may differ. */
const wordsOf = (turns: readonly { readonly content: readonly object[] }[]) =>
  turns.map(({ content }) => content.map((block) => Reflect.get(block, "text")).join(""));

const call = (id: string, args = "{}"): ContentBlock => ({ type: "tool-call", id, name: "look", args });
const result = (
  callId: string,
  content: (ContentBlock & { type: "text" | "image" })[] = [{ type: "text", text: callId }],
) => ({ type: "tool-result", callId, content }) satisfies ContentBlock;
const IMAGE = { type: "image", mediaType: "image/png", data: PNG, width: 1, height: 1 } as const;
const QUESTION = user("the question");

describe("a conversation that is resumed", () => {
  const calls: Turn[] = [
    user("1"),
    { role: "assistant", content: [{ type: "text", text: "t" }, call("toolu_a"), call("toolu_b", '{"x":1}')] },
    {
      role: "user",
      content: [result("toolu_a"), { ...result("toolu_b"), isError: true }, { type: "text", text: "and" }],
    },
    { role: "assistant", content: [call("toolu_c"), call("toolu_d")] },
    { role: "user", content: [result("toolu_c", []), result("toolu_d", [{ type: "text", text: "see" }, IMAGE])] },
    assistant("done"),
  ];
  const media: Turn[] = [
    {
      role: "user",
      content: [
        IMAGE,
        { type: "text", text: "see" },
        { type: "document", title: "T", source: { type: "pdf", data: PDF } },
        { type: "document", source: { type: "text", text: "plain" } },
      ],
    },
    assistant("2"),
    { role: "user", content: [IMAGE] },
    assistant("4"),
  ];
  const meaningful: Turn[] = [
    "@/etc/hostname",
    "/clear",
    "<system-reminder>\nhi\n</system-reminder>",
    "[Request interrupted by user]",
    "<command-name>/clear</command-name>",
    "<local-command-stdout></local-command-stdout>",
    "Continue from where you left off.",
    "No response requested.",
    "API Error: 500",
    "(no content)",
    "!ls",
    "  spaces and lines \n\n",
  ].flatMap((words) => [user(words), assistant(words === "(no content)" ? "yes" : words)]);
  const native: Turn[] = [
    user("Search"),
    {
      role: "assistant",
      content: [
        { type: "text", text: "a" },
        {
          type: "native",
          block: { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
        },
        { type: "native", block: { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] } },
        { type: "text", text: "b", citations: [{ type: "web_search_result_location", url: "https://example.com/a" }] },
      ],
    },
  ];
  const long = Array.from({ length: 500 }, (_, index) => [user(`q${index}`), assistant(`a${index}`)]).flat();

  const calling: Turn = { role: "assistant", content: [call("toolu_e"), call("toolu_f")] };
  const turns = [assistant("hello"), ...calls, ...media, ...meaningful, ...native, ...long, user("Call."), calling];
  const results: Turn = { role: "user", content: [result("toolu_e"), result("toolu_f"), { type: "text", text: "t" }] };
  let resumed: ResumedSession;
  let newest: string;
  beforeAll(async () => {
    resumed = await home.resume(turns, [], { ahead: true });
    newest = await (await resumed.session.initialize()).ask(results);
  });

  test("by a process that was started before it, arrives block for block: with calls, several at once, what they returned, images, documents, searches, texts that mean something to the CLI, a thousand turns more, and results that it goes on with", () => {
    expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived([...turns, results]));
    expect(home.simulator.requests).toHaveLength(1);
  });

  test("can be rewound to any turn of the user's that was written, and knows no more than before it, and what was asked since", async () => {
    const { session, transcript } = resumed;
    const at = (words: string) => turns.findIndex(({ content: [first] }) => Reflect.get(first ?? {}, "text") === words);
    const [q0, q1] = [at("q0"), at("q1")];
    expect(await session.rewind(transcript.uuids[q1], newest)).toMatchObject({ rewound: true });
    await session.ask(QUESTION);
    expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived([...turns.slice(0, q1), QUESTION]));
    const answered = assistant(answerTo(lastRequest().body.messages.length));
    const more = await session.ask(user("q3"));
    const asked = [...turns.slice(0, q1), QUESTION, answered, user("q3")];
    expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived(asked));
    expect(await session.rewind(transcript.uuids[q0], more)).toMatchObject({ rewound: true });
    await session.ask(user("other"));
    expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived([...turns.slice(0, q0), user("other")]));
  });
});

test("a conversation that begins with an answer is resumed, too, also where its lines are read twice and the CLI writes the same for none; its place may go once the process has answered, and nothing of it is kept elsewhere", async () => {
  const SECRET = "marker-of-a-secret";
  const turns = [assistant(SECRET), user("1"), assistant("(no content)"), user("2"), assistant(" (no content)\n")];
  const { pieces } = await home.encode(turns);
  const place = await home.folder.makePlace();
  // A slow reader of a named pipe may not have left it when the next is expected.
  await place.fill([...pieces, ...pieces]);
  const session = home.start({ path: place.path, at: undefined });
  await removeWhenRead(place, session.request({ subtype: "list_models" }), session.process.exited);
  expect(existsSync(place.path)).toBe(false);
  await (await session.initialize()).ask(QUESTION);
  expect(wordsOf(receivedTurns(lastRequest()))).toEqual(wordsOf([...turns, QUESTION]));
  await session.process.close();
  const files = readdirSync(home.path, { recursive: true, encoding: "utf8" }).map((name) => join(home.path, name));
  const holding = files.filter((path) => statSync(path).isFile() && readFileSync(path, "utf8").includes(SECRET));
  expect(holding).toEqual([]);
});

test("a process that waits for its transcript leaves when there will be none, as when the server is killed", async () => {
  const place = await home.folder.makePlace();
  const { process } = home.start({ path: place.path, at: crypto.randomUUID() });
  await place.remove();
  await process.exited;
  expect(process.death?.message).toContain("exited with code 1");
});

/** Older versions (2.1.250) keep what they attach to a question out of the transcript, and need none to repeat it. */
const attaches = async () => compareVersions(await home.version(), "2.1.330") >= 0;

// At no effort of its own, through the server, and with thinking: restore.test.ts.
describe("the request of a resumed process is the live conversation's, byte for byte,", () => {
  const ACCOUNT = JSON.stringify({ oauthAccount: { emailAddress: "me@example.com" } });
  const EFFORT = { subtype: "apply_flag_settings", settings: { effortLevel: "low" } };
  const SECRETS = {
    CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-secret",
    ANTHROPIC_API_KEY: "sk-ant-api03-secret",
    ANTHROPIC_AUTH_TOKEN: "secret",
  };
  /** Of a user who has logged in, and the folder in which is tried what the CLI attaches. */
  let own: string;
  let scratch: string;
  let attachments: readonly Attachment[];

  beforeAll(async () => {
    own = join(home.path, "user");
    scratch = join(home.path, "scratch");
    mkdirSync(scratch);
    logIn(own);
    writeFileSync(join(own, ".claude.json"), ACCOUNT);
    const env = cliEnvironment({ PATH: process.env.PATH, HOME: own, ...SECRETS }, { allowApiKey: true });
    const running = { cwd: home.cwd, env, scratch, logger: new Logger("silent") };
    const probe = new Probe({ ...firstAttachments, timeoutMs: 100_000 }, running);
    attachments = await probe.find({ path: CLAUDE, version: await home.version(), model: MODEL.id });
  });

  test("at an effort on all turns, where the CLI knows the account's address, and is told what it attaches, where it does", async () => {
    writeFileSync(join(home.path, ".claude.json"), ACCOUNT);
    const live = await home.start().initialize();
    await live.request(EFFORT);
    const turns: Turn[] = [];
    for (const question of ["one", "two", "three"]) {
      await live.ask(user(question));
      turns.push(user(question), assistant(answerTo(lastRequest().body.messages.length)));
    }
    const asked = prompt(lastRequest());
    expect(asked).toContain("me@example.com");
    expect(attachments.length > 0).toBe(await attaches());
    const { session } = await home.resume(turns.slice(0, -2), attachments);
    await session.initialize();
    await session.request(EFFORT);
    await session.ask(user("three"));
    expect(prompt(lastRequest())).toBe(asked);
  });

  test("which was found out without credentials, of the environment or stored, and has left nothing in the user's folders", () => {
    // It throws when another login than the dummy reaches its API.
    expect(readdirSync(join(own, ".claude"))).toEqual([".credentials.json"]);
    expect(readFileSync(join(own, ".claude.json"), "utf8")).toBe(ACCOUNT);
    expect(readdirSync(own).sort()).toEqual([".claude", ".claude.json"]);
    expect(readdirSync(home.cwd)).toEqual([]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  const prompt = ({ rawBody }: RecordedRequest) => {
    const body: unknown = JSON.parse(rawBody);
    if (!isFields(body)) throw new Error("a body that is no object");
    const { metadata: _, ...others } = body;
    return JSON.stringify(others);
  };
});
