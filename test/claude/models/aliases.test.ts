import { describe, expect, test } from "bun:test";
import { catalog, namesOf } from "./catalog-of.ts";

describe("an alias", () => {
  test("may be a pattern, of which the first that fits counts, and a whole name goes before all", () => {
    const models = catalog({ aliases: { "gpt-*": "sonnet", "*": "haiku", "gpt-4o": "opus", "o?[1]*": "fable" } });
    const names = ["gpt-4o", "GPT-4.1-mini", "openai/gpt-5", "gemini", "o?[1]x"];
    expect(names.map((name) => models.resolve(name).name)).toEqual(["opus", "sonnet", "sonnet", "haiku", "haiku"]);
    expect(namesOf(models)).not.toContain("gpt-*");
  });

  test("may ask for an effort", () => {
    const models = catalog({
      aliases: { fast: "claude-sonnet-4:low", "o*": "anthropic/claude-opus-4-6:MAX", plain: "opus" },
    });
    expect(models.resolve("fast")).toMatchObject({ name: "sonnet", effort: "low" });
    expect(models.resolve("o3")).toMatchObject({ name: "claude-opus-4-6", effort: "max" });
    expect(models.resolve("plain").effort).toBeUndefined();
  });

  test("of a model that is not there is named in the error", () => {
    const models = catalog({ aliases: { a: "gpt-4o", b: "claude-3-opus" } });
    expect(() => models.resolve("a")).toThrow('"a" is an alias for "gpt-4o", and "gpt-4o" does not exist here');
    expect(() => models.resolve("a")).toThrow("Change --model-alias a=gpt-4o.");
    expect(() => models.resolve("b")).toThrow('"b" is an alias for "claude-3-opus", and "claude-3-opus" was retired');
  });

  test("stands for the model it names, however that is named", () => {
    const aliases = { "gpt-4o": "opus", "gpt-4": "claude-sonnet-4", o3: "claude-haiku-5-5", best: "anthropic/fable" };
    const models = catalog({ aliases });
    expect(Object.keys(aliases).map((name) => models.resolve(name).name)).toEqual(["opus", "sonnet", "haiku", "fable"]);
  });

  test("is found behind a provider's name too", () => {
    expect(catalog({ aliases: { "gpt-4o": "opus" } }).resolve("openai/gpt-4o").name).toBe("opus");
  });

  test("may be a name with a slash, which then counts as a whole", () => {
    const models = catalog({ aliases: { "openai/opus": "haiku" } });
    expect(models.resolve("openai/opus").name).toBe("haiku");
    expect(models.resolve("opus").name).toBe("opus");
  });

  test("goes before a model of the same name", () => {
    expect(catalog({ aliases: { sonnet: "opus" } }).resolve("sonnet").name).toBe("opus");
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
    expect(catalog({ aliases: { opus: "opus" } }).resolve("opus").name).toBe("opus");
  });

  test.each(["constructor", "__proto__"])("may have a name that every object has: %s", (name) => {
    const models = catalog({ aliases: Object.fromEntries([[name, "opus"]]) });
    expect(models.resolve(name).name).toBe("opus");
    expect(namesOf(models)).toContain(name);
  });
});
