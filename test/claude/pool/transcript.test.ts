import { describe, expect, test } from "bun:test";
import { isLight, matchTranscript, type TranscriptEntry, withOwnIds } from "../../../src/claude/pool/transcript.ts";
import type { ContentBlock, Turn } from "../../../src/core/request.ts";
import { assistant, call, image, remember, result, text, user } from "./turns.ts";

const callOf = (name: string, args = "{}"): ContentBlock => ({ type: "tool-call", id: "1", name, args });
const lengthOf = (entries: readonly TranscriptEntry[], turns: readonly Turn[]) =>
  matchTranscript(entries, turns).length;
/** What a process remembers of answers that it did not write itself. */
const append = (...turns: Turn[]): TranscriptEntry[] =>
  turns.map((turn) => (turn.role === "user" ? { role: "user", turn, uuid: "uuid" } : { role: "assistant", turn }));

describe("what a process remembers of a conversation:", () => {
  const says = (...words: string[]) => words.map((word) => text(word));
  const conversation = [user(text("a")), assistant(text("b")), user(text("c")), assistant(text("d"))];

  test.each<[string, Turn[], number]>([
    ["all of an equal one", conversation, 4],
    ["its beginning", conversation.slice(0, 3), 3],
    ["all of it, when it goes on", [...conversation, user(text("e"))], 4],
    ["nothing of no turns at all", [], 0],
    ["nothing after another first turn", [user(text("x")), ...conversation.slice(1)], 0],
    ["what is before an edited turn", [...conversation.slice(0, 2), user(text("C")), assistant(text("d"))], 2],
    ["nothing of the same text in another role", [assistant(text("a")), assistant(text("b"))], 0],
    ["nothing of the same text in other blocks", [user(...says("", "a"))], 0],
    ["nothing of a block more", [user(...says("a", "a"))], 0],
  ])("%s", (_, turns, length) => {
    for (const entries of [remember(...conversation), append(...conversation)]) {
      expect(lengthOf(entries, turns)).toBe(length);
    }
  });

  test("what is before an answer that it remembers differently than the client was told", () => {
    const entries = [...remember(user(text("a"))), { role: "assistant", turn: undefined } as const];
    expect(lengthOf(entries, [user(text("a")), assistant(text("b"))])).toBe(1);
    expect(lengthOf(entries, [user(text("a")), assistant()])).toBe(1);
  });

  test("nothing of texts that only look alike", () => {
    expect(lengthOf(remember(user(text("é"))), [user(text("e\u0301"))])).toBe(0);
    expect(lengthOf(remember(assistant(text("é"))), [assistant(text("e\u0301"))])).toBe(0);
  });
});

/** Whether an answer is recognised, and by which ids of its own the process knows its calls. */
function recognised(own: readonly ContentBlock[], told: readonly ContentBlock[]) {
  const { length, ownIds } = matchTranscript(remember(assistant(...own)), [assistant(...told)]);
  return length === 1 && Object.fromEntries(ownIds);
}

describe("an answer that the model wrote here is recognised", () => {
  test.each<[string, ContentBlock[], ContentBlock[], Record<string, string>]>([
    ["with its texts in one piece", [text("a"), text("b")], [text("ab")], {}],
    ["with its texts before its calls", [text("a"), call("1"), text("b")], [text("ab"), call("1")], {}],
    ["with no text where it is blank", [text(" \n"), call("1")], [call("1")], {}],
    ["with an empty text where it is blank", [text(" \n"), call("1")], [text(""), call("1")], {}],
    ["without an empty text", [text(""), text("a")], [text("a")], {}],
    ["without the white space at its end", [text("a b \n\n")], [text("a b")], {}],
    ["without some of the white space at its end", [text("a \n")], [text("a ")], {}],
    ["without the white space before its calls", [text("a\n"), call("1")], [text("a"), call("1")], {}],
    ["with arguments that are written anew", [call("1", '{"a": 1, "b": [2.0]}')], [call("1", '{"b":[2],"a":1}')], {}],
    ["with characters in them escaped", [call("1", '{"a":"é"}')], [call("1", '{"a":"\\u00e9"}')], {}],
    ["with the same arguments that are no JSON", [call("1", '{"a": ')], [call("1", '{"a": ')], {}],
    ["with the same arguments that are no object", [call("1", "[1]")], [call("1", "[1]")], {}],
    ["with other ids", [call("1"), call("2")], [call("x"), call("y")], { x: "1", y: "2" }],
    ["with one other id", [call("1"), call("2")], [call("1"), call("y")], { y: "2" }],
    [
      "with long numbers in another order",
      [call("1", '{"a": 1234567890123456789, "b": 98765432109876543}')],
      [call("1", '{"b":98765432109876543,"a":1234567890123456789}')],
      {},
    ],
    ["with all of it", [text(" a\n"), call("1", '{"a": 1}')], [text(" a"), call("x", '{"a":1}')], { x: "1" }],
  ])("%s", (_, own, told, ownIds) => {
    expect(recognised(own, told)).toEqual(ownIds);
    const isSame = JSON.stringify(own) === JSON.stringify(told);
    expect(lengthOf(append(assistant(...own)), [assistant(...told)])).toBe(isSame ? 1 : 0);
  });

  test.each<[string, ContentBlock[], ContentBlock[]]>([
    ["with another text", [text("a"), call("1")], [text("b"), call("1")]],
    ["without its text", [text("a"), call("1")], [call("1")]],
    ["with a text of its own", [call("1")], [text("a"), call("1")]],
    ["without the white space at its beginning", [text("\n\na")], [text("a")]],
    ["with white space at its beginning", [text("a")], [text(" a")]],
    ["without white space in its middle", [text("a \n"), text("b")], [text("a\nb")]],
    ["with a call more", [call("1")], [call("1"), call("2")]],
    ["with a call less", [text("a"), call("1")], [text("a")]],
    ["with another tool", [callOf("f")], [callOf("g")]],
    ["with other arguments", [call("1", '{"a":1}')], [call("1", '{"a":2}')]],
    ["with null in place of nothing, under another id", [call("1", "{}")], [call("x", '{"a":null}')]],
    ["with no arguments in place of none", [call("1", "{}")], [call("1", "")]],
    ["with arguments that are no JSON, mended", [call("1", '{"a":1')], [call("1", '{"a":1}')]],
    ["with arguments that are no object, written anew", [call("1", "[1]")], [call("1", "[ 1 ]")]],
    ["with arguments that are the text of the same", [call("1", "{}")], [call("1", '"{}"')]],
    [
      "with a number that parsing takes for the same",
      [call("1", '{"id":1234567890123456789}')],
      [call("1", '{"id":1234567890123456788}')],
    ],
    [
      "with a fraction that parsing takes for the same",
      [call("1", '{"a":0.30000000000000001}')],
      [call("1", '{"a":0.30000000000000002}')],
    ],
    ["with a number beyond all numbers", [call("1", '{"a":1e400}')], [call("1", '{"a":2e400}')]],
    [
      "with its arguments exchanged",
      [call("1", '{"a":1}'), call("2", '{"a":2}')],
      [call("1", '{"a":2}'), call("2", '{"a":1}')],
    ],
    [
      "with its ids exchanged",
      [call("1", '{"a":1}'), call("2", '{"a":2}')],
      [call("2", '{"a":1}'), call("1", '{"a":2}')],
    ],
    ["with one call by the id of the other", [call("1"), call("2")], [call("2"), call("y")]],
    ["with another id of the API's: a client keeps those", [call("toolu_01")], [call("toolu_02")]],
  ])("but not %s", (_, own, told) => {
    expect(recognised(own, told)).toBeFalse();
  });
});

test("an answer with a search in it is recognised by its texts, however these are parted, and by no others", () => {
  const search: ContentBlock = { type: "native", block: { type: "server_tool_use", id: "srvtoolu_1" } };
  const entries = remember(user(text("a")), assistant(text("One."), search, text("Two "), text("three.")));
  const isKnown = (...told: ContentBlock[]) => lengthOf(entries, [user(text("a")), assistant(...told)]) === 2;
  for (const told of ["One.Two three.", "One.\n\nTwo three.", "One. Two three.\n"])
    expect(isKnown(text(told))).toBe(true);
  expect(isKnown(text("One."), text("Two three."))).toBe(true);
  for (const told of ["One.", "One.\n\nTwo  three.", "Two three.", "One. and Two three.", "One.Two three. Four."]) {
    expect(isKnown(text(told))).toBe(false);
  }
});

test("a user's turn may be told without the texts at its end, where that is asked for", () => {
  const entries = remember(user(result("1"), text("a"), text("b")));
  const told = [user(result("1"), text("a"))];
  expect(matchTranscript(entries, told, { allowsDropped: true }).length).toBe(1);
  expect(matchTranscript(entries, told).length).toBe(0);
  for (const other of [user(text("a")), user(result("1"), text("b")), user(), user(result("1", "x"), text("a"))])
    expect(matchTranscript(entries, [other], { allowsDropped: true }).length).toBe(0);
  const shown = remember(user(text("a"), image("iVBO")));
  expect(matchTranscript(shown, [user(text("a"))], { allowsDropped: true }).length).toBe(0);
});

describe("a user's turn is recognised to the letter:", () => {
  test.each<[string, ContentBlock[], ContentBlock[]]>([
    ["texts in one piece", [text("a"), text("b")], [text("ab")]],
    ["white space lost", [text("a ")], [text("a")]],
    ["blank text lost", [text("a"), text(" ")], [text("a")]],
    ["an image lost", [image("iVBO")], []],
    ["another image", [image("iVBO")], [image("iVBP")]],
    ["another result", [result("1", "a")], [result("1", "b")]],
    ["white space of a result lost", [result("1", "a\n")], [result("1", "a")]],
    ["a result that is an error", [result("1", "a")], [{ ...result("1", "a"), isError: true }]],
    ["the result of another call", [result("1", "a")], [result("2", "a")]],
    ["results in another order", [result("1"), result("2")], [result("2"), result("1")]],
  ])("not with %s", (_, own, told) => {
    expect(lengthOf(remember(user(...own)), [user(...told)])).toBe(0);
    expect(lengthOf(remember(user(...own)), [user(...own)])).toBe(1);
  });
});

describe("where the client gave calls other ids", () => {
  const own = remember(
    user(text("q")),
    assistant(call("1", '{"a":1}'), call("2", '{"a":2}')),
    user(result("1"), result("2")),
    assistant(call("3")),
  );
  const told = (...results: ContentBlock[]) => [
    user(text("q")),
    assistant(call("x", '{"a":1}'), call("y", '{"a":2}')),
    user(...results),
    assistant(call("z")),
  ];

  test("their results are recognised by these, and all of them are learnt", () => {
    const { length, ownIds } = matchTranscript(own, told(result("x", "of 1"), result("y", "of 2")));
    expect(length).toBe(4);
    expect(Object.fromEntries(ownIds)).toEqual({ x: "1", y: "2", z: "3" });
  });

  test("results that go to the wrong call are not recognised", () => {
    expect(lengthOf(own, told(result("y", "of 1"), result("x", "of 2")))).toBe(2);
    expect(lengthOf(own, told(result("x", "of 2"), result("y", "of 1")))).toBe(2);
    expect(lengthOf(own, told(result("x", "of 1"), result("x", "of 2")))).toBe(2);
    expect(lengthOf(own, told(result("x", "of 1"), result("z", "of 2")))).toBe(2);
  });

  test("nothing is learnt of an answer that is not recognised", () => {
    const edited = [user(text("q")), assistant(call("x", '{"a":1}'), call("y", '{"a":3}'))];
    const { length, ownIds } = matchTranscript(own, edited);
    expect([length, ownIds.size]).toEqual([1, 0]);
  });

  test("results are sent by the ids that the process knows, and all else as it is", () => {
    const ids = new Map([["x", "1"]]);
    const turn = user(result("x", "a"), result("y", "b"), text("x"));
    expect(withOwnIds(turn, ids)).toEqual(user(result("1", "a"), result("y", "b"), text("x")));
    expect(withOwnIds(assistant(call("x")), ids)).toEqual(assistant(call("x")));
    expect(withOwnIds(turn, new Map())).toBe(turn);
  });
});

describe("the size of what a process remembers", () => {
  test.each<[string, Turn, number]>([
    ["texts", user(text("abc"), text("de")), 5],
    ["images, as they are sent", user(image("iVBO")), 4],
    ["files", user({ type: "document", source: { type: "pdf", data: "JVBE" } }), 4],
    ["plain files", user({ type: "document", title: "t", source: { type: "text", text: "abc" } }), 3],
    ["names and arguments of calls", assistant(callOf("fn", "{}")), 4],
    ["results with their images", user({ ...result("1", "abc"), content: [{ type: "text", text: "abc" }] }), 3],
  ])("counts %s", (_, turn, size) => {
    expect([isLight(remember(turn), size), isLight(remember(turn), size - 1)]).toEqual([true, false]);
    expect([isLight(remember(turn, turn), 2 * size), isLight(remember(turn, turn), 2 * size - 1)]).toEqual([
      true,
      false,
    ]);
  });

  test("is nothing for nothing, and for an answer that can only be forgotten", () => {
    expect(isLight([], 0)).toBeTrue();
    expect(isLight([{ role: "assistant", turn: undefined }], 0)).toBeTrue();
  });
});

describe("what a process remembers of an answer with thinking:", () => {
  const thought = (signature: string): ContentBlock => ({ type: "thinking", text: "Hm.", signature });
  const sealed: ContentBlock = { type: "thinking", redacted: "sealed" };
  const own = [user(text("a")), assistant(thought("s1"), text("b"), sealed, callOf("f"))];
  const toldWith = (...content: ContentBlock[]) => [user(text("a")), assistant(...content)];
  test.each<[string, Turn[], number]>([
    ["all, told with it", own, 2],
    ["all, told without it", toldWith(text("b"), callOf("f")), 2],
    ["all, told with a part of it, or elsewhere", toldWith(sealed, text("b"), callOf("f")), 2],
    ["its question, told with another's", toldWith(thought("s2"), text("b"), sealed, callOf("f")), 1],
    ["its question, told with more of it", toldWith(thought("s1"), thought("s2"), text("b"), sealed, callOf("f")), 1],
  ])("%s", (_, turns, length) => {
    expect(lengthOf(remember(...own), turns)).toBe(length);
  });

  test.each<[string, Turn[], number]>([
    ["all, told with it", own, 2],
    ["all, told without it later", toldWith(text("b"), callOf("f")), 2],
    ["its question, told with a part of it", toldWith(sealed, text("b"), callOf("f")), 1],
  ])("that it was told, and did not write: %s", (_, turns, length) => {
    expect(lengthOf(append(...own), turns)).toBe(length);
  });
});
