import { describe, expect, test } from "bun:test";
import { ModelCatalog } from "../../src/claude/models.ts";
import type { ReportedModel } from "../../src/claude/protocol/messages.ts";

/** What 2.1.330 reports for a subscription, descriptions aside. */
const REPORTED: readonly ReportedModel[] = [
  { value: "default", resolvedModel: "claude-sonnet-5-5", displayName: "Default (recommended)" },
  { value: "sonnet", resolvedModel: "claude-sonnet-5-5", displayName: "Sonnet" },
  { value: "fable", resolvedModel: "claude-fable-5-2", displayName: "Fable" },
  { value: "opus", resolvedModel: "claude-opus-5-5", displayName: "Opus" },
  { value: "haiku", resolvedModel: "claude-haiku-5-5", displayName: "Haiku" },
];

function catalog({ aliases = {} as Record<string, string>, reported = REPORTED } = {}): ModelCatalog {
  const models = new ModelCatalog(aliases);
  models.update(reported);
  return models;
}

const namesOf = (models: ModelCatalog) => models.list().map(({ id }) => id);

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
  ])("%s is %s", (name, known) => {
    expect(catalog().resolve(name)).toBe(known);
  });

  test("a full id that only the default has is the default", () => {
    const reported = [{ value: "default", resolvedModel: "claude-next-1" }];
    expect(catalog({ reported }).resolve("claude-next-1")).toBe("default");
  });

  test("a family that exists only with a larger context is that variant", () => {
    const models = catalog({ reported: [{ value: "sonnet[1m]", resolvedModel: "claude-sonnet-5-5[1m]" }] });
    expect(models.resolve("sonnet")).toBe("sonnet[1m]");
    expect(models.resolve("claude-sonnet-4")).toBe("sonnet[1m]");
    expect(models.resolve("sonnet[1m]")).toBe("sonnet[1m]");
  });

  test("a family with a larger context beside the usual one is the usual one", () => {
    const models = catalog({
      reported: [{ value: "opus[1m]", resolvedModel: "claude-opus-5-5[1m]" }, { value: "opus" }],
    });
    expect(models.resolve("opus")).toBe("opus");
    expect(models.resolve("opus[1m]")).toBe("opus[1m]");
  });

  test("the families are known before, and even if, the CLI reports no model", () => {
    const fresh = new ModelCatalog({});
    expect(["opus", "claude-sonnet-4", "openai/haiku"].map((name) => fresh.resolve(name))).toEqual([
      "opus",
      "sonnet",
      "haiku",
    ]);
    expect(catalog({ reported: [] }).resolve("opus")).toBe("opus");
  });
});

describe("an unknown name", () => {
  const unknown = [
    "gpt-4o",
    "",
    "Opus",
    "opus ",
    "openai/",
    "openai/gpt-4o",
    "claude-opus-4-1",
    "opus[1m]",
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
      'The model "gpt-\\"4" does not exist here. Available: claude-opus-4, claude-sonnet-4, claude-haiku-4, default, ' +
        "sonnet, fable, opus, haiku, claude-sonnet-5-5, claude-fable-5-2, claude-opus-5-5, claude-haiku-5-5, mine. " +
        "For a program that insists on its own name, start with --model-alias NAME=MODEL.",
    );
  });
});

describe("an alias", () => {
  test("stands for the model it names, however that is named", () => {
    const aliases = { "gpt-4o": "opus", "gpt-4": "claude-sonnet-4", o3: "claude-haiku-5-5", best: "anthropic/fable" };
    const models = catalog({ aliases });
    expect(Object.keys(aliases).map((name) => models.resolve(name))).toEqual(["opus", "sonnet", "haiku", "fable"]);
  });

  test("is found behind a provider's name too", () => {
    expect(catalog({ aliases: { "gpt-4o": "opus" } }).resolve("openai/gpt-4o")).toBe("opus");
  });

  test("may be a name with a slash, which then counts as a whole", () => {
    const models = catalog({ aliases: { "openai/opus": "haiku" } });
    expect(models.resolve("openai/opus")).toBe("haiku");
    expect(models.resolve("opus")).toBe("opus");
  });

  test("goes before a model of the same name", () => {
    expect(catalog({ aliases: { sonnet: "opus" } }).resolve("sonnet")).toBe("opus");
  });

  test.each([
    ["itself", { a: "a" }],
    ["another alias that stands for it", { a: "b", b: "a" }],
    ["an alias with a provider's name that stands for it", { a: "openai/a" }],
    ["a model that does not exist", { a: "gpt-4o" }],
  ])("for %s is an unknown name, and does not loop", (_, aliases) => {
    const models = catalog({ aliases });
    expect(() => models.resolve("a")).toThrow("does not exist here");
    expect(namesOf(models)).not.toContain("a");
  });

  test("for a model of its own name is that model", () => {
    expect(catalog({ aliases: { opus: "opus" } }).resolve("opus")).toBe("opus");
  });

  test.each(["constructor", "__proto__"])("may have a name that every object has: %s", (name) => {
    const models = catalog({ aliases: Object.fromEntries([[name, "opus"]]) });
    expect(models.resolve(name)).toBe("opus");
    expect(namesOf(models)).toContain(name);
  });
});

describe("the list of models", () => {
  test("names each once: the stable ids, what the CLI reports, the full ids, then the aliases", () => {
    const aliases = { "gpt-4o": "opus", opus: "opus" };
    expect(catalog({ aliases }).list()).toEqual([
      { id: "claude-opus-4", displayName: "Opus", resolvedModel: "claude-opus-5-5" },
      { id: "claude-sonnet-4", displayName: "Sonnet", resolvedModel: "claude-sonnet-5-5" },
      { id: "claude-haiku-4", displayName: "Haiku", resolvedModel: "claude-haiku-5-5" },
      { id: "default", displayName: "Default (recommended)", resolvedModel: "claude-sonnet-5-5" },
      { id: "sonnet", displayName: "Sonnet", resolvedModel: "claude-sonnet-5-5" },
      { id: "fable", displayName: "Fable", resolvedModel: "claude-fable-5-2" },
      { id: "opus", displayName: "Opus", resolvedModel: "claude-opus-5-5" },
      { id: "haiku", displayName: "Haiku", resolvedModel: "claude-haiku-5-5" },
      { id: "claude-sonnet-5-5", displayName: "Sonnet", resolvedModel: "claude-sonnet-5-5" },
      { id: "claude-fable-5-2", displayName: "Fable", resolvedModel: "claude-fable-5-2" },
      { id: "claude-opus-5-5", displayName: "Opus", resolvedModel: "claude-opus-5-5" },
      { id: "claude-haiku-5-5", displayName: "Haiku", resolvedModel: "claude-haiku-5-5" },
      { id: "gpt-4o", displayName: "Opus", resolvedModel: "claude-opus-5-5" },
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
    expect(models.list().find(({ id }) => id === "claude-opus-4")).toEqual({
      id: "claude-opus-4",
      displayName: "Opus 6",
      resolvedModel: "claude-opus-6",
    });
    expect(() => models.resolve("fable")).toThrow("does not exist here");
  });

  test.each<[string, Record<string, string>]>([
    ["without aliases", {}],
    ["with an alias of a new name", { mine: "haiku" }],
    ["with an alias that takes a model's name", { sonnet: "opus" }],
    ["with an alias that takes a stable id", { "claude-opus-4": "haiku" }],
  ])("says of every name which model a request for it gets: %s", (_, aliases) => {
    const models = catalog({ aliases });
    const answering = (id: string) => REPORTED.find(({ value }) => value === models.resolve(id))?.resolvedModel;
    const told = models.list().map(({ id, resolvedModel }) => [id, resolvedModel]);
    expect(told).toEqual(models.list().map(({ id }) => [id, answering(id)]));
  });
});

test("whether the CLI has reported its models yet is known, also when it reported none", () => {
  const models = new ModelCatalog({});
  expect(models.isLoaded).toBeFalse();
  models.update([]);
  expect(models.isLoaded).toBeTrue();
});
