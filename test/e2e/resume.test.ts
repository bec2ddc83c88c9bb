import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
import { answerTo, assistant, CliHome, MODEL, NAMES, user } from "../support/cli-session.ts";
import { CLAUDE } from "../support/harness.ts";
import { PDF, PNG } from "../support/media.ts";
import { receivedTurns } from "../support/received.ts";

let home: CliHome;
beforeEach(() => {
  home = new CliHome();
});
afterEach(() => home[Symbol.asyncDispose]());

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

describe("a conversation that is resumed arrives block for block", () => {
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

  test("with calls, several at once, what they returned, images, documents, searches, texts that mean something to the CLI, and a thousand turns more", async () => {
    const turns = [assistant("hello"), ...calls, ...media, ...meaningful, ...native, ...long, QUESTION];
    const { session } = await home.resume(turns.slice(0, -1));
    await (await session.initialize()).ask(QUESTION);
    expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived(turns));
    expect(home.simulator.requests).toHaveLength(1);
  });

  test("when it goes on with the results of calls, and with what is asked behind them, by a process that was started before it", async () => {
    const open = [user("1"), { role: "assistant", content: [call("toolu_a"), call("toolu_b")] }] as const;
    const answered: Turn = {
      role: "user",
      content: [result("toolu_a"), result("toolu_b"), { type: "text", text: "t" }],
    };
    const again: Turn = { role: "assistant", content: [{ type: "text", text: "t" }, call("toolu_c"), call("toolu_d")] };
    const results: Turn = { role: "user", content: [result("toolu_c"), result("toolu_d")] };
    const { session } = await home.resume([...open, answered, again], [], { ahead: true });
    await (await session.initialize()).ask(results);
    expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived([...open, answered, again, results]));
  });

  test("also where its lines are read twice, and an answer says what the CLI writes for none", async () => {
    // A slow reader of a named pipe may not have left it when the next is expected.
    const turns = [user("1"), assistant("(no content)"), user("2"), assistant(" (no content)\n")];
    const { pieces } = await home.encode(turns);
    const place = await home.folder.makePlace();
    await place.fill([...pieces, ...pieces]);
    const session = await home.start({ path: place.path, at: undefined }).initialize();
    await session.ask(QUESTION);
    expect(wordsOf(receivedTurns(lastRequest()))).toEqual(wordsOf([...turns, QUESTION]));
  });

  test("when it begins with the only answer; its place may go once the process has answered, and nothing of it is kept elsewhere", async () => {
    const SECRET = "marker-of-a-secret";
    const turns = [assistant(SECRET)];
    const { session, place } = await home.resume(turns);
    await removeWhenRead(place, session.request({ subtype: "list_models" }), session.process.exited);
    expect(existsSync(place.path)).toBe(false);
    await (await session.initialize()).ask(QUESTION);
    expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived([...turns, QUESTION]));
    await session.process.close();
    const files = readdirSync(home.path, { recursive: true, encoding: "utf8" }).map((name) => join(home.path, name));
    const holding = files.filter((path) => statSync(path).isFile() && readFileSync(path, "utf8").includes(SECRET));
    expect(holding).toEqual([]);
  });
});

test("a resumed process can be rewound to any turn of the user's that was written, knows no more than before it, and what was asked since", async () => {
  const turns = [user("q0"), assistant("a0"), user("q1"), assistant("a1"), user("q2"), assistant("a2")];
  const { session, transcript } = await home.resume(turns);
  await session.initialize();
  expect(await session.rewind(transcript.uuids[4], transcript.uuids[4])).toMatchObject({ rewound: true });
  await session.ask(QUESTION);
  expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived([...turns.slice(0, 4), QUESTION]));
  const answered = assistant(answerTo(lastRequest().body.messages.length));
  const newest = await session.ask(user("q3"));
  expect<unknown>(receivedTurns(lastRequest())).toEqual(
    asReceived([...turns.slice(0, 4), QUESTION, answered, user("q3")]),
  );
  expect(await session.rewind(transcript.uuids[2], newest)).toMatchObject({ rewound: true });
  await session.ask(user("other"));
  expect<unknown>(receivedTurns(lastRequest())).toEqual(asReceived([...turns.slice(0, 2), user("other")]));
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

describe("the request of a resumed process is the live conversation's, byte for byte", () => {
  const EFFORT = { subtype: "apply_flag_settings", settings: { effortLevel: "low" } };

  async function learnt(): Promise<readonly Attachment[]> {
    const running = { cwd: home.cwd, env: home.env, logger: new Logger("silent") };
    const probe = new Probe({ ...firstAttachments, timeoutMs: 100_000 }, running);
    const target = { path: CLAUDE, version: await home.version(), model: MODEL.id };
    await probe.learn(target);
    const attachments = await probe.known(target);
    if (attachments === undefined) throw new Error("nothing was learnt");
    return attachments;
  }

  async function live(): Promise<Turn[]> {
    const session = await home.start().initialize();
    await session.request(EFFORT);
    const turns: Turn[] = [];
    for (const question of ["one", "two", "three"]) {
      await session.ask(user(question));
      turns.push(user(question), assistant(answerTo(lastRequest().body.messages.length)));
    }
    return turns.slice(0, -2);
  }

  async function resumed(turns: readonly Turn[], attachments: readonly Attachment[]) {
    const { session } = await home.resume(turns, attachments);
    await session.initialize();
    await session.request(EFFORT);
    await session.ask(user("three"));
    return lastRequest();
  }

  const prompt = ({ rawBody }: RecordedRequest) => {
    const body: unknown = JSON.parse(rawBody);
    if (!isFields(body)) throw new Error("a body that is no object");
    const { metadata: _, ...others } = body;
    return JSON.stringify(others);
  };

  // At no effort of its own, through the server: thinking.test.ts.
  test("at an effort on all turns, where the CLI knows the account's address, but not without what it attaches, where it does", async () => {
    const account = { oauthAccount: { emailAddress: "me@example.com" } };
    writeFileSync(join(home.path, ".claude.json"), JSON.stringify(account));
    const attachments = await learnt();
    const turns = await live();
    const asked = prompt(lastRequest());
    expect(asked).toContain("me@example.com");
    expect(prompt(await resumed(turns, attachments))).toBe(asked);
    expect(prompt(await resumed(turns, [])) === asked).toBe(!(await attaches()));
  });
});
