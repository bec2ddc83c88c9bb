import { describe, expect, test } from "bun:test";
import { CONTINUE, FILL_IN, normalizeBody } from "../../../src/api/openai-completions/decode.ts";
import { ApiError } from "../../../src/core/error.ts";
import { decode } from "./decode-body.ts";

function refusalOf(fields: object): ApiError {
  try {
    decode(fields);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the body was accepted");
}

const askedOf = (fields: object) => decode(fields).requests.map(({ turns }) => turns);
const asking = (text: string) => [{ role: "user" as const, content: [{ type: "text" as const, text }] }];

describe("a prompt", () => {
  test("is asked as it is, with an instruction to go on with it, and without thinking", () => {
    expect(decode({}).requests).toEqual([
      {
        model: "opus",
        system: CONTINUE,
        turns: asking("Once upon"),
        tools: [],
        toolChoice: { type: "auto" },
        parallelToolCalls: true,
        maxOutputTokens: undefined,
        effort: "none",
        stop: [],
      },
    ]);
  });

  test("keeps its white space", () => {
    expect(askedOf({ prompt: "  a\n " })).toEqual([asking("  a\n ")]);
  });

  test("of several texts is a choice each, times n, those of the first text first", () => {
    expect(askedOf({ prompt: ["a", "b"], n: 2 })).toEqual([asking("a"), asking("a"), asking("b"), asking("b")]);
  });

  test("has its limits: max_tokens and stop texts, empty ones left out", () => {
    expect(decode({ max_tokens: 7, stop: ["x", ""] }).requests[0]).toMatchObject({ maxOutputTokens: 7, stop: ["x"] });
    expect(decode({ stop: "x" }).requests[0]?.stop).toEqual(["x"]);
    expect(decode({ stop: null }).requests[0]?.stop).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["tokens", [1, 2], "prompt[0]"],
    ["lists of tokens", [[1], [2]], "prompt[0]"],
    ["a text and tokens", ["a", [2]], "prompt[1]"],
  ])("of %s is refused: they mean something to one model alone", (_, prompt, param) => {
    const error = refusalOf({ prompt });
    expect(error).toMatchObject({ code: "invalid_request", param });
    expect(error.message).toContain("send text");
  });

  test.each<[unknown, string]>([
    ["", "prompt"],
    [" \n", "prompt"],
    [["a", ""], "prompt[1]"],
  ])("that is empty is refused: %j", (prompt, param) => {
    expect(refusalOf({ prompt })).toMatchObject({ code: "invalid_request", param });
  });
});

describe("a suffix", () => {
  test("is given with the prompt, and an instruction to write what belongs between", () => {
    const [request] = decode({ prompt: "def f(", suffix: "\n  return x" }).requests;
    expect(request?.system).toBe(FILL_IN);
    expect(request?.turns).toEqual(asking("<before>def f(</before>\n<after>\n  return x</after>"));
  });

  test("may follow an empty prompt: the cursor stands at the beginning", () => {
    expect(askedOf({ prompt: "", suffix: "end" })).toEqual([asking("<before></before>\n<after>end</after>")]);
  });

  test.each([null, "", " "])("of nothing asks for nothing: %j", (suffix) => {
    expect(decode({ suffix }).requests).toEqual(decode({}).requests);
  });
});

describe("the number of choices", () => {
  test("is at most twenty, however it comes about", () => {
    expect(decode({ prompt: Array.from({ length: 20 }, () => "a") }).requests).toHaveLength(20);
    expect(refusalOf({ prompt: Array.from({ length: 21 }, () => "a") })).toMatchObject({ param: "prompt" });
    expect(refusalOf({ prompt: ["a", "b", "c"], n: 7 }).message).toContain("3 prompts with 'n' 7 make 21");
  });

  test.each([{ best_of: 1 }, { n: 3, best_of: 3 }, { n: 2, best_of: null }])(
    "may be repeated as best_of: %j",
    (fields) => {
      expect(decode(fields).requests).toHaveLength(fields.n ?? 1);
    },
  );

  test.each([{ best_of: 2 }, { n: 2, best_of: 1 }, { n: 2, best_of: 5 }])(
    "is all that best_of may be: %j",
    (fields) => {
      expect(refusalOf(fields)).toMatchObject({ code: "invalid_request", param: "best_of" });
    },
  );
});

test("echo puts each prompt before its choices", () => {
  expect(decode({ prompt: ["a", "b"], n: 2, echo: true }).echoes).toEqual(["a", "a", "b", "b"]);
  expect(decode({ echo: false }).echoes).toEqual([""]);
});

test("usage is wanted only of a stream", () => {
  const stream_options = { include_usage: true };
  expect(decode({ stream: true, stream_options }).includeUsage).toBeTrue();
  expect(decode({ stream_options }).includeUsage).toBeFalse();
  expect(decode({ stream: true }).includeUsage).toBeFalse();
});

test("what has no effect is told: known fields, unknown ones, and those within others", () => {
  const fields = { logprobs: 3, temperature: 0, seed: 1, user: "me", top_k: 1 };
  const stream_options = { include_obfuscation: true };
  expect(decode({ ...fields, stream_options }).ignored).toEqual([
    "stream_options.include_obfuscation",
    "logprobs",
    "temperature",
    "seed",
    "user",
    "top_k",
  ]);
  expect(decode({ temperature: 1, top_p: 1, presence_penalty: 0, logprobs: null }).ignored).toEqual([]);
});

test("empty values and numbers as texts mean what they mean; the textbook's body stays the same object", () => {
  const empty = { stream: "", stream_options: "", echo: "", max_tokens: 0, n: "", best_of: 0, stop: "" };
  const plain = { model: "opus", prompt: "a" };
  expect(normalizeBody({ ...plain, ...empty })).toEqual(plain);
  expect(normalizeBody({ ...plain, max_tokens: "-1", n: "2" })).toEqual({ ...plain, n: 2 });
  const textbook = { ...plain, max_tokens: 5, stop: ["x"], n: null };
  expect(normalizeBody(textbook)).toBe(textbook);
});
