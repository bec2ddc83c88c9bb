import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toolNames } from "../../support/tool-names.ts";

const API_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const toApi = (...names: string[]) => {
  const mapping = toolNames(names);
  return names.map((name) => mapping.toApi(name));
};

describe("a tool's name", () => {
  test.each([
    "get_weather",
    "get-weather",
    "Bash",
    "mcp__client__f",
    "-",
    "0",
    "__proto__",
    "constructor",
    "a".repeat(128),
  ])("that the API takes stays as it is: %s", (name) => {
    expect(toApi(name)).toEqual([name]);
  });

  test.each<[string, string, string]>([
    ["has a dot", "files.read", "files_read"],
    ["has a space and an umlaut", "Wetter für", "Wetter_f_r"],
    ["is an emoji of two halves", "😀", "__"],
    ["is empty", "", "tool"],
    ["ends in a line break", "f\n", "f_"],
    ["is too long", "a".repeat(129), "a".repeat(120)],
    ["is the CLI's tool for structured output", "StructuredOutput", "StructuredOutput_2"],
    ["is the CLI's search for tools", "ToolSearch", "ToolSearch_2"],
  ])("that %s becomes one that the API and the CLI take", (_, name, apiName) => {
    expect(toApi(name)).toEqual([apiName]);
    expect(toolNames([name]).toClient(apiName)).toBe(name);
  });

  test("gives way to one that is such by itself, wherever that stands", () => {
    expect(toApi("a.b", "a_b", "a b")).toEqual(["a_b_2", "a_b", "a_b_3"]);
    expect(toApi("StructuredOutput", "StructuredOutput_2")).toEqual(["StructuredOutput_3", "StructuredOutput_2"]);
  });

  test("stays different from others when it is cut, and within the API's limit", () => {
    const long = "a".repeat(200);
    expect(toApi(`${long}1`, `${long}2`)).toEqual(["a".repeat(120), `${"a".repeat(120)}_2`]);
  });

  test("stays unless the CLI would explain it: that of one beside another", () => {
    expect(toApi("Artifact", "Edit")).toEqual(["Artifact_2", "Edit"]);
    expect([toApi("Artifact"), toApi("Edit")]).toEqual([["Artifact"], ["Edit"]]);
    expect(toolNames(["Edit"]).toApi("Artifact")).toBe("Artifact");
  });

  test("is another only in its case: both stay", () => {
    expect(toApi("f", "F")).toEqual(["f", "F"]);
  });

  test("is mapped the same for the same names: the API's cache depends on it", () => {
    const names = ["a.b", "a b", "ToolSearch", "f"];
    expect(toApi(...names)).toEqual(toApi(...names));
  });
});

describe("a name that is not offered", () => {
  const names = toolNames(["f", "a.b"]);

  test("but stands in the history reaches the API in a form that it takes", () => {
    expect(["g", "c.d", "StructuredOutput", ""].map((name) => names.toApi(name))).toEqual([
      "g",
      "c_d",
      "StructuredOutput_2",
      "tool",
    ]);
  });

  test("is not taken for one that is offered, where it had to be changed", () => {
    expect(names.toApi("a b")).toBe("a_b_2");
  });

  test("is not taken for one that is offered under it, and is told as it was", () => {
    const clashing = toolNames(["a b"]);
    expect([clashing.toApi("a_b"), clashing.toApi("a b"), clashing.toApi("a_b")]).toEqual(["a_b_2", "a_b", "a_b_2"]);
    expect([clashing.toTell("a_b_2"), clashing.toTell("a_b"), clashing.toTell("c")]).toEqual(["a_b", "a b", "c"]);
    expect(clashing.toClient("a_b_2")).toBeUndefined();
  });

  test("is not taken for another that is not offered either", () => {
    const none = toolNames([]);
    expect(["c.d", "c_d", "c d"].map((name) => none.toApi(name))).toEqual(["c_d", "c_d_2", "c_d_3"]);
  });

  test("is nobody's when the model calls it", () => {
    expect([names.toClient("g"), names.toClient("a.b"), names.toClient("__proto__")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("the tools that the CLI lists are those that were offered", () => {
  test.each<[string, string[], string[], string[], string[]]>([
    ["by their names, in any order", ["f", "a b"], ["a_b", "f"], [], []],
    ["not when one is left out", ["f", "a b"], ["f"], [], ["a b"]],
    ["not when there is another", ["f"], ["f", "g"], ["g"], []],
    ["when `Agent` is listed as `Task`", ["Agent"], ["Task"], [], []],
    ["also beside a `Task`", ["Agent", "Task"], ["Task", "Task"], [], []],
    ["not when `Agent` is left out beside a `Task`", ["Agent", "Task"], ["Task"], [], ["Agent"]],
    ["not when another than `Agent` is left out", ["Agent", "f"], ["Task"], [], ["f"]],
    ["what the CLI knows so that results may refer to tools is none", ["f"], ["ToolSearch", "f", "_deferred"], [], []],
    ["when a newer CLI lists one by a name that nobody knows", ["f", "Bash"], ["f", "Shell"], [], []],
  ])("%s", (_, offered, listed, foreign, missing) => {
    expect(toolNames(offered).compare(listed)).toEqual({ foreign, missing });
  });
});

const anyName = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.string({ unit: "grapheme", maxLength: 4 }),
  fc.constantFrom(
    "StructuredOutput",
    "StructuredOutput_2",
    "ToolSearch",
    "a.b",
    "a_b",
    "a b",
    "a_b_2",
    "",
    "__proto__",
  ),
  fc.string({ unit: fc.constantFrom("a", "."), minLength: 118, maxLength: 132 }),
);

test("names that only a forgotten part of the history has are free again", () => {
  const mapping = toolNames(["f"]);
  expect(["a b", "a.b", "f"].map((name) => mapping.toApi(name))).toEqual(["a_b", "a_b_2", "f"]);
  mapping.keepFormer(["a b", "f"]);
  expect(mapping.toTell("a_b_2")).toBe("a_b_2");
  expect(["a_b_2", "a b"].map((name) => mapping.toApi(name))).toEqual(["a_b_2", "a_b"]);
  mapping.keepFormer([]);
  expect(["a_b", "f"].map((name) => mapping.toTell(mapping.toApi(name)))).toEqual(["a_b", "f"]);
});

describe("for any different names, the mapping", () => {
  const anyNames = fc.uniqueArray(anyName, { maxLength: 12 });

  test("gives each a name of its own that the API and the CLI take, and leads back", () => {
    fc.assert(
      fc.property(anyNames, (names) => {
        const mapping = toolNames(names);
        const mapped = names.map((name) => mapping.toApi(name));
        expect(new Set(mapped).size).toBe(names.length);
        for (const apiName of mapped) expect(apiName).toMatch(API_NAME);
        expect(mapped).not.toContainAnyValues(["StructuredOutput", "ToolSearch"]);
        expect(mapped.map((apiName) => mapping.toClient(apiName))).toEqual(names);
      }),
    );
  });

  test("gives names of the history some that the API takes, of nobody else's, and tells them as they were", () => {
    fc.assert(
      fc.property(anyNames, anyNames, (names, others) => {
        const mapping = toolNames(names);
        const all = [...new Set([...names, ...others])];
        const mapped = all.map((name) => mapping.toApi(name));
        expect(new Set(mapped).size).toBe(all.length);
        for (const apiName of mapped) expect(apiName).toMatch(API_NAME);
        expect(mapped.map((apiName) => mapping.toTell(apiName))).toEqual(all);
        expect(mapped.map((apiName) => mapping.toClient(apiName))).toEqual(
          all.map((name) => (names.includes(name) ? name : undefined)),
        );
      }),
    );
  });
});
