import { describe, expect, test } from "bun:test";
import { ModelCatalog } from "../../../src/claude/models/catalog.ts";
import { catalog, namesOf, REPORTED } from "./catalog-of.ts";

describe("a client's name for a model becomes the CLI's own:", () => {
  test.each([
    ["opus", "opus"],
    ["fable", "fable"],
    ["default", "default"],
    ["claude-opus-4", "opus"],
    ["claude-sonnet-4", "sonnet"],
    ["claude-haiku-4", "haiku"],
    ["claude-opus-5-5", "opus"],
    ["claude-sonnet-5-5", "sonnet"],
    ["openai/opus", "opus"],
    ["anthropic/claude-haiku-5-5", "haiku"],
    ["claude-max/claude-opus-4", "opus"],
    ["claude-max-api/fable", "fable"],
    ["claude-code-cli/claude-sonnet-4", "sonnet"],
    // In any case, and whatever provider stands before it.
    ["Opus", "opus"],
    ["CLAUDE-Opus-4", "opus"],
    ["openrouter/anthropic/claude-sonnet-5.5", "sonnet"],
    ["us.anthropic.claude-opus-5-5-20260924-v1:0", "opus"],
    // The newest of a family.
    ["claude-sonnet", "sonnet"],
    ["claude-opus-latest", "opus"],
    ["claude-sonnet-4-latest", "sonnet"],
    ["claude-4-sonnet", "sonnet"],
    // One version, in any spelling.
    ["claude-sonnet-5-5-20260924", "sonnet"],
    ["claude-sonnet-5-5-latest", "sonnet"],
    ["claude-haiku-5.5", "haiku"],
    ["claude-5.5-haiku", "haiku"],
    ["claude-haiku-5-5@20260924", "haiku"],
    ["claude-fable-5-2", "fable"],
    // Those that the CLI does not list go by their own ids.
    ["claude-sonnet-4-6", "claude-sonnet-4-6"],
    ["anthropic/claude-sonnet-4.6", "claude-sonnet-4-6"],
    ["claude-sonnet-4-5-20250929", "claude-sonnet-4-5"],
    ["claude-sonnet-4-5", "claude-sonnet-4-5"],
    ["claude-opus-5", "claude-opus-5"],
    ["claude-opus-4-6[1m]", "claude-opus-4-6[1m]"],
    ["claude-mythos-6", "claude-mythos-6"],
    ["claude-opus-7", "claude-opus-7"],
  ])("%s is %s", (name, known) => {
    expect(catalog().resolve(name).name).toBe(known);
  });

  test("a full id that only the default has is the default", () => {
    const reported = [{ value: "default", resolvedModel: "claude-next-1" }];
    expect(catalog({ reported }).resolve("claude-next-1").name).toBe("default");
  });

  test("a family that exists only with a larger context is that variant", () => {
    const models = catalog({ reported: [{ value: "sonnet[1m]", resolvedModel: "claude-sonnet-5-5[1m]" }] });
    expect(models.resolve("sonnet").name).toBe("sonnet[1m]");
    expect(models.resolve("claude-sonnet-4").name).toBe("sonnet[1m]");
    expect(models.resolve("sonnet[1m]").name).toBe("sonnet[1m]");
  });

  test("a family with a larger context beside the usual one is the usual one", () => {
    const models = catalog({
      reported: [{ value: "opus[1m]", resolvedModel: "claude-opus-5-5[1m]" }, { value: "opus" }],
    });
    expect(models.resolve("opus").name).toBe("opus");
    expect(models.resolve("opus[1m]").name).toBe("opus[1m]");
  });

  test("the families are known before, and even if, the CLI reports no model", () => {
    const fresh = new ModelCatalog({});
    expect(["opus", "claude-sonnet-4", "openai/haiku"].map((name) => fresh.resolve(name).name)).toEqual([
      "opus",
      "sonnet",
      "haiku",
    ]);
    expect(catalog({ reported: [] }).resolve("opus").name).toBe("opus");
  });
});

describe("an unknown name", () => {
  const unknown = [
    "gpt-4o",
    "",
    "opus ",
    "openai/",
    "openai/gpt-4o",
    "opus[1m]",
    "claude-opus-4[1m]",
    "claude-nonsense-9",
    "claude-",
    "claude",
    "other/opus",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
  ];
  test.each(unknown)("is refused, never sent to the CLI: %j", (name) => {
    let refusal: unknown;
    try {
      catalog().resolve(name);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ name: "ApiError", code: "model_not_found", param: "model" });
  });

  test("is told with what there is, and how to give a model another name", () => {
    expect(() => catalog({ aliases: { mine: "opus" } }).resolve('gpt-"4')).toThrow(
      'The model "gpt-\\"4" does not exist here. Available: claude-opus-4, claude-sonnet-4, claude-haiku-4, claude-fable, ' +
        "claude-sonnet-5-5, claude-fable-5-2, claude-opus-5-5, claude-haiku-5-5, default, sonnet, fable, opus, haiku, mine. " +
        "For a program that insists on its own name, start with --model-alias NAME=MODEL.",
    );
  });
});

describe("a model that was retired", () => {
  test.each([
    ["claude-opus-4-1", "claude-opus-4"],
    ["claude-opus-4-1-20250805", "claude-opus-4"],
    ["claude-sonnet-4-20250514", "claude-sonnet-4"],
    ["claude-sonnet-4-0", "claude-sonnet-4"],
    ["claude-3-opus-20240229", "claude-opus-4"],
    ["anthropic/claude-3.5-sonnet", "claude-sonnet-4"],
    ["claude-3-5-haiku-latest", "claude-haiku-4"],
    ["claude-2.1", "claude-sonnet-4"],
    ["claude-instant-1.2", "claude-sonnet-4"],
  ])("is a 404 that says so, and what to use: %s", (name, instead) => {
    expect(() => catalog().resolve(name)).toThrow(
      new RegExp(
        `The model "${RegExp.escape(name)}" was retired by Anthropic\\..* Use ${instead}, or start with --model-alias`,
      ),
    );
  });

  test("is asked all the same where the CLI lists it", () => {
    const reported = [{ value: "opus", resolvedModel: "claude-opus-4-1-20250805" }];
    expect(catalog({ reported }).resolve("claude-opus-4-1").name).toBe("opus");
  });
});

describe("the list of models", () => {
  test("names each once: a stable id of each family, the full ids, the short names, then the aliases", () => {
    const aliases = { "gpt-4o": "opus", opus: "opus" };
    const told = catalog({ aliases }).list();
    expect(told.map(({ id, displayName, resolvedModel }) => [id, displayName, resolvedModel])).toEqual([
      ["claude-opus-4", "Claude Opus", "claude-opus-5-5"],
      ["claude-sonnet-4", "Claude Sonnet", "claude-sonnet-5-5"],
      ["claude-haiku-4", "Claude Haiku", "claude-haiku-5-5"],
      ["claude-fable", "Claude Fable", "claude-fable-5-2"],
      ["claude-sonnet-5-5", "Claude Sonnet 5.5", "claude-sonnet-5-5"],
      ["claude-fable-5-2", "Claude Fable 5.2", "claude-fable-5-2"],
      ["claude-opus-5-5", "Claude Opus 5.5", "claude-opus-5-5"],
      ["claude-haiku-5-5", "Claude Haiku 5.5", "claude-haiku-5-5"],
      ["default", "Default (recommended)", "claude-sonnet-5-5"],
      ["sonnet", "Sonnet", "claude-sonnet-5-5"],
      ["fable", "Fable", "claude-fable-5-2"],
      ["opus", "Opus", "claude-opus-5-5"],
      ["haiku", "Haiku", "claude-haiku-5-5"],
      ["gpt-4o", "gpt-4o", "claude-opus-5-5"],
    ]);
  });

  test("holds the stable ids and the families before the CLI has reported anything", () => {
    expect(namesOf(new ModelCatalog({ mine: "opus" }))).toEqual([
      "claude-opus-4",
      "claude-sonnet-4",
      "claude-haiku-4",
      "opus",
      "sonnet",
      "haiku",
      "mine",
    ]);
  });

  test("follows the CLI's newest report", () => {
    const models = catalog();
    models.update([{ value: "opus", resolvedModel: "claude-opus-6", displayName: "Opus 6" }]);
    expect(models.describe("claude-opus-4")).toMatchObject({ id: "claude-opus-4", resolvedModel: "claude-opus-6" });
    expect(models.describe("opus").displayName).toBe("Opus 6");
    expect(() => models.resolve("fable")).toThrow("does not exist here");
  });

  test.each<[string, Record<string, string>]>([
    ["without aliases", {}],
    ["with an alias of a new name", { mine: "haiku" }],
    ["with an alias that takes a model's name", { sonnet: "opus" }],
    ["with an alias that takes a stable id", { "claude-opus-4": "haiku" }],
  ])("says of every name which model a request for it gets: %s", (_, aliases) => {
    const models = catalog({ aliases });
    const answering = (id: string) => REPORTED.find(({ value }) => value === models.resolve(id).name)?.resolvedModel;
    const told = models.list().map(({ id, resolvedModel }) => [id, resolvedModel]);
    expect(told).toEqual(models.list().map(({ id }) => [id, answering(id)]));
  });
});

describe("what is told of one model", () => {
  test.each([
    ["claude-opus-4", "claude-opus-4", "claude-opus-5-5"],
    ["anthropic/Claude-Opus-4", "claude-opus-4", "claude-opus-5-5"],
    ["claude-opus-5-5-20260924", "claude-opus-5-5", "claude-opus-5-5"],
    ["openrouter/anthropic/claude-sonnet-4.6", "claude-sonnet-4-6", "claude-sonnet-4-6"],
    ["gpt-5", "gpt-5", "claude-haiku-5-5"],
  ])("%s is %s", (name, id, resolvedModel) => {
    expect(catalog({ aliases: { "gpt-*": "haiku" } }).describe(name)).toMatchObject({ id, resolvedModel });
  });

  test("no two that are listed have one name for people", () => {
    const reported = [...REPORTED, { value: "mine", displayName: "Opus" }, { value: "gpt-4o", displayName: "Haiku" }];
    const names = catalog({ reported, aliases: { "gpt-4o": "opus" } }).list();
    expect(new Set(names.map(({ displayName }) => displayName)).size).toBe(names.length);
  });
});

describe("what a model can", () => {
  const all = ["low", "medium", "high", "xhigh", "max"];
  test.each([
    ["opus", 1_000_000, 128_000, all],
    ["claude-opus-5", 1_000_000, 128_000, all],
    ["claude-opus-4-7", 1_000_000, 128_000, all],
    ["claude-opus-9", 1_000_000, 128_000, all],
    ["claude-sonnet-4-6", 200_000, 128_000, ["low", "medium", "high", "max"]],
    ["claude-sonnet-4-6[1m]", 1_000_000, 128_000, ["low", "medium", "high", "max"]],
    ["claude-opus-4-5", 200_000, 64_000, ["low", "medium", "high"]],
    ["claude-haiku-4-5-20251001", 200_000, 64_000, []],
  ])("is known of %s", (name, contextTokens, outputTokens, efforts) => {
    expect(catalog().resolve(name).facts).toMatchObject({ contextTokens, outputTokens, efforts });
  });

  test("is what the CLI tells, where it does", () => {
    const reported = [
      {
        value: "sonnet",
        resolvedModel: "claude-sonnet-5",
        supportedEffortLevels: ["max", "low", "later"],
        supportsAdaptiveThinking: true,
      },
      { value: "sonnet[1m]", resolvedModel: "claude-sonnet-5[1m]" },
      { value: "novel", resolvedModel: "claude-novel-7" },
    ];
    const models = catalog({ reported });
    expect(models.factsOf("sonnet")).toMatchObject({ contextTokens: 200_000, efforts: ["low", "max"] });
    expect(models.factsOf("sonnet[1m]").contextTokens).toBe(1_000_000);
    expect(models.factsOf("novel")).toMatchObject({ efforts: [], thinking: "budgeted" });
    models.learnContext("claude-sonnet-5", 500_000);
    expect(models.describe("claude-sonnet-4").facts.contextTokens).toBe(500_000);
  });

  test("a model that a process was started with is not taken for one that the account has", () => {
    const reported = [...REPORTED, { value: "claude-opus-4-6", resolvedModel: "claude-opus-4-6" }];
    expect(namesOf(catalog({ reported }))).not.toContain("claude-opus-4-6");
  });
});

test("whether the CLI has reported its models yet is known, also when it reported none", () => {
  const models = new ModelCatalog({});
  expect(models.isLoaded).toBeFalse();
  models.update([]);
  expect(models.isLoaded).toBeTrue();
});
