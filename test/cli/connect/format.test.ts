import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CLIENTS } from "../../../src/cli/connect/clients.ts";
import { undo, withEntries } from "../../../src/cli/connect/config-file/change.ts";
import { type Format, FormatError, type Value, valueAt } from "../../../src/cli/connect/config-file/format.ts";
import { FORMATS } from "../../../src/cli/connect/config-file/formats.ts";
import { newText } from "../../../src/cli/connect/config-file/new-text.ts";
import { connectionTo } from "../../../src/cli/connect/connection.ts";
import { newContent } from "../../../src/cli/connect/file-guide.ts";

const USUAL = connectionTo({ host: "127.0.0.1", port: 3456, apiKeys: [] });
const OTHER = connectionTo({ host: "::1", port: 8080, apiKeys: ["some-key-here"] }, "claude-opus-4");

const comments = (text: string) => text.match(/ \/\/ kept\r?$/gm)?.length ?? 0;

describe("one setting in JSON", () => {
  const { json5, jsonc } = FORMATS;
  test.each<[string, Format, string, string]>([
    ["an empty object", jsonc, "{}", '{\n  "a": 1\n}'],
    ["an empty object of several lines", jsonc, "{\n}\n", '{\n  "a": 1\n}\n'],
    ["an object with a comment alone", jsonc, "{\n  // c\n}\n", '{\n  // c\n  "a": 1\n}\n'],
    ["behind the last one", jsonc, '{\n    "b": 2\n}', '{\n    "b": 2,\n    "a": 1\n}'],
    ["behind a comma at the end", jsonc, '{\n\t"b": 2,\n}', '{\n\t"b": 2,\n\t"a": 1,\n}'],
    ["behind a comment at the end", jsonc, '{\n  "b": 2 // c\n}', '{\n  "b": 2, // c\n  "a": 1\n}'],
    [
      "behind a comma and comments",
      jsonc,
      '{\n  "b": 2, /* c\n */ // d\n}',
      '{\n  "b": 2, /* c\n */ // d\n  "a": 1,\n}',
    ],
    ["before a comment on the lines below", jsonc, '{\n  "b": 2\n  // c\n}', '{\n  "b": 2,\n  "a": 1\n  // c\n}'],
    ["in one line", jsonc, '{"b": 2}', '{"b": 2, "a": 1}'],
    ["in one line with a comma at the end", jsonc, '{"b": 2,}', '{"b": 2, "a": 1}'],
    ["a value that was there", jsonc, '{"a" : /* c */ [2] , "b": 2}', '{"a" : /* c */ 1 , "b": 2}'],
    ["of two of one name the one that counts", jsonc, '{"a": 3, "a": 2}', '{"a": 3, "a": 1}'],
    ["without quotes where the file has none", json5, "{\n  b: 'x',\n}", "{\n  b: 'x',\n  a: 1,\n}"],
    ["with the ends of line of Windows", json5, "{\r\n  b: 2\r\n}\r\n", "{\r\n  b: 2,\r\n  a: 1\r\n}\r\n"],
  ])("%s", (_, format, before, after) => {
    expect(format.set(before, ["a"], 1)).toBe(after);
  });

  test.each([
    ["the only one", '{"a": 1}', "{}"],
    ["the first in one line", '{"a": 1, "b": 2}', '{"b": 2}'],
    ["the last in one line", '{"b": 2, "a": 1}', '{"b": 2}'],
    ["the first of several lines", '{\n  "a": 1,\n  "b": 2\n}', '{\n  "b": 2\n}'],
    ["the last of several lines", '{\n  "b": 2, // c\n  "a": 1\n}', '{\n  "b": 2 // c\n}'],
    ["the last with a comma", '{\n  "b": 2,\n  "a": 1,\n}', '{\n  "b": 2,\n}'],
    ["one with a comment before its comma", '{"a": 1 /* c */, "b": 2}', '{ /* c */ "b": 2}'],
  ])("is taken out: %s", (_, before, after) => {
    expect(FORMATS.jsonc.remove(before, ["a"])).toBe(after);
  });

  test("what is no object holds no setting", () => {
    expect(() => jsonc.set('{"a": 1}', ["a", "b"], 1)).toThrow(new FormatError("a is no object"));
    expect(() => jsonc.parse("[1]")).toThrow(new FormatError("what it holds is no object"));
  });
});

describe("one setting in TOML", () => {
  const { toml } = FORMATS;
  test.each([
    ["an empty file", "", "[t]\na = 1\n"],
    ["behind other tables", "[s]\nb = 2\n", "[s]\nb = 2\n\n[t]\na = 1\n"],
    ["behind a file without an end of line", "b = 2", "b = 2\n\n[t]\na = 1\n"],
    ["in its table", "[t] # c\n[s]\n", "[t] # c\na = 1\n[s]\n"],
    ["behind the last of its table", "[t]\n  b = 2 # c\n\n[s]\n", "[t]\n  b = 2 # c\n  a = 1\n\n[s]\n"],
    ["a value that was there", "[t]\na  =  'x' # c\n", "[t]\na  =  1 # c\n"],
    ["in an inline table", "t = { b = 2 }\n", "t = { b = 2, a = 1 }\n"],
    ["in an empty inline table", "t = {}\n", "t = { a = 1 }\n"],
    ["beside dotted names", "t.b = 2\nc = 3\n", "t.b = 2\nt.a = 1\nc = 3\n"],
    ["with the ends of line of Windows", "[t]\r\nb = 2\r\n", "[t]\r\nb = 2\r\na = 1\r\n"],
  ])("%s", (_, before, after) => {
    expect(toml.set(before, ["t", "a"], 1)).toBe(after);
    expect(valueAt(toml.parse(toml.remove(after, ["t", "a"])), ["t", "a"])).toBeUndefined();
  });

  test.each([
    ["behind the last of no table", "b = 2 # c\n\n[t]\n", "b = 2 # c\na = 1\n\n[t]\n"],
    ["before the first table, and before its comment", "# head\n\n# of t\n[t]\n", "# head\n\na = 1\n\n# of t\n[t]\n"],
    ["behind comments alone", "# head\n", "# head\na = 1\n"],
  ])("of no table: %s", (_, before, after) => {
    expect(toml.set(before, ["a"], 1)).toBe(after);
  });

  test("what is no table holds no setting", () => {
    expect(() => toml.set("t = 1\n", ["t", "a"], 1)).toThrow(FormatError);
  });
});

/** Objects, also those that hold settings of the same names as ours. */
const names = fc.oneof(
  fc.constantFrom("agents", "defaults", "model", "models", "provider", "providers"),
  fc.stringMatching(/^[a-z]{1,6}$/),
);
const { tree } = fc.letrec<{ value: Value; tree: Readonly<Record<string, Value>> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.constantFrom("x", 1), { maxLength: 3 }),
    tie("tree"),
  ),
  tree: fc.dictionary(names, tie("value"), { maxKeys: 4 }),
}));
const layout = fc.record({
  indent: fc.constantFrom("", "  ", "    ", "\t"),
  end: fc.constantFrom("\n", "\r\n"),
  salt: fc.boolean(),
});

describe.each(["openclaw", "opencode"] as const)("the settings of %s in any file", (name) => {
  const { file } = CLIENTS[name];
  if (file === undefined) throw new Error("no file");
  const format = FORMATS[file.format];

  test("keep all else, are the same twice, and are taken out again to the byte", () => {
    fc.assert(
      fc.property(tree, layout, (content, { indent, end, salt }) => {
        const plain = JSON.stringify(content, null, indent);
        // A comment behind each value that ends a line, and commas at the ends.
        const salted = salt ? plain.replace(/(?<=["\d\]e}])(,?)$/gm, "$1 // kept") : plain;
        const text = salted.replaceAll("\n", end);
        let changed: string;
        try {
          changed = withEntries(format, text, file.entries(USUAL, format.parse(text)));
        } catch (error) {
          // Where a text or a list stands in the way, nothing is changed.
          expect(error).toBeInstanceOf(FormatError);
          return;
        }
        // What stands in a value that gives way goes with it.
        if (typeof content.model !== "object") expect(comments(changed)).toBe(comments(text));
        expect(withEntries(format, changed, file.entries(USUAL, format.parse(changed)))).toBe(changed);
        const undone = undo({
          format,
          text: changed,
          backup: text,
          blank: newText(file.format, file.blank),
          own: file.own,
        });
        expect(undone).toEqual({ kind: "restored", text });
      }),
      { numRuns: 12 },
    );
  });
});

describe.each(Object.entries(CLIENTS).flatMap(([name, { file }]) => (file ? [[name, file] as const] : [])))(
  "a new file of %s",
  (_, file) => {
    const format = FORMATS[file.format];
    const blank = newText(file.format, file.blank);

    test("begins as what it is told to", () => expect(format.parse(blank)).toEqual(file.blank));

    test.each([USUAL, OTHER])("is printed as setting one entry after the other writes it", (connection) => {
      expect(newContent(file, connection)).toBe(withEntries(format, blank, file.entries(connection, file.blank)));
    });
  },
);

describe.each(["openclaw", "opencode", "codex"] as const)("an entry of %s that is there already", (name) => {
  const { file } = CLIENTS[name];
  if (file === undefined) throw new Error("no file");
  const format = FORMATS[file.format];
  const first = newContent(file, OTHER);

  test("with other values is brought up to date", () => {
    const second = withEntries(format, first, file.entries(USUAL, format.parse(first)));
    expect(second).toContain("http://127.0.0.1:3456/v1");
    expect(second).not.toContain("8080");
    expect(second).not.toContain("CLAUDE_MAX_API_KEY");
  });

  test("is taken out where nothing tells what was before, and what was added to it since goes with it", () => {
    const comment = file.format === "toml" ? "# mine\n" : "// mine\n";
    const undone = undo({ format, text: comment + first, backup: undefined, blank: "", own: file.own });
    expect(undone.kind).toBe("edited");
    const text = undone.kind === "edited" ? undone.text : "";
    expect(text).toStartWith(comment);
    expect(format.parse(text)).toEqual(file.blank);
  });

  test("is left where it was not ours", () => {
    const foreign = first.replaceAll("claude-max-api", "another");
    expect(undo({ format, text: foreign, backup: undefined, blank: "", own: file.own })).toEqual({ kind: "nothing" });
  });
});

describe("the settings of codex in any file", () => {
  const { file } = CLIENTS.codex;
  if (file === undefined) throw new Error("no file");
  const format = FORMATS.toml;
  const top = fc.shuffledSubarray([
    "# kept",
    "",
    'model = "gpt" # kept',
    "model_provider = 'mine'",
    "since = 2024-01-01T00:00:00Z",
    'model_providers.other.name = "o" # kept',
    'model_providers = { other = { name = "o" } }',
    'text = """\n[no.table]\n"""',
  ]);
  const tables = fc.shuffledSubarray([
    "[model_providers] # kept\n",
    '# kept\n[model_providers.other]\n  name = "o"\n\n',
    "[[list]]\na = 1 # kept\n",
    "[t]\nx = [1, # kept\n  2]\n\n",
    '[model_providers.claude-max-api]\nrequest_max_retries = 1 # kept\nname = "old"\n',
    '[model_providers."claude-max-api".http_headers]\na = "b"\n',
  ]);

  test("keep all else, are the same twice, and are taken out again to the byte", () => {
    fc.assert(
      fc.property(top, tables, fc.constantFrom("\n", "\r\n"), (lines, blocks, end) => {
        const text = [...lines, ...blocks].join("\n").replaceAll("\n", end);
        // Not all of them may stand together.
        fc.pre(isToml(text));
        const changed = withEntries(format, text, file.entries(USUAL, format.parse(text)));
        expect(changed.split("# kept")).toHaveLength(text.split("# kept").length);
        expect(withEntries(format, changed, file.entries(USUAL, format.parse(changed)))).toBe(changed);
        const undone = undo({
          format,
          text: changed,
          backup: text,
          blank: newText(file.format, file.blank),
          own: file.own,
        });
        expect(undone).toEqual({ kind: "restored", text });
        const later = undo({
          format,
          text: `# later${end}${changed}`,
          backup: text,
          blank: newText(file.format, file.blank),
          own: file.own,
        });
        expect(later.kind).toBe("edited");
        if (later.kind === "edited") expect(format.parse(later.text)).toEqual(format.parse(text));
      }),
      { numRuns: 12 },
    );
  });

  function isToml(text: string): boolean {
    try {
      format.parse(text);
      return true;
    } catch {
      return false;
    }
  }
});
