import { describe, expect, test } from "bun:test";
import { readPart } from "../../src/api/lenient/read-part.ts";
import { offerSearches } from "../../src/api/web-search/offer-searches.ts";
import { ModelAliases } from "../../src/claude/models/aliases.ts";
import { sameCall } from "../../src/claude/pool/transcript.ts";
import { ArgumentNames } from "../../src/claude/tools/argument-names.ts";
import { withoutEnd } from "../../src/core/text.ts";
import { contentType } from "../../src/server/body/content-type.ts";
import { targetOf } from "../../src/server/request-target.ts";

test.each([
  ["", "/", ""],
  ["a", "/", "a"],
  ["/a//", "/", "/a"],
  ["///", "/", ""],
  ["%20a%20%20", "%20", "%20a"],
])("%p without %p at its end", (text, part, rest) => {
  expect(withoutEnd(text, part)).toBe(rest);
});

// Where each place of a run is tried anew, one of these takes minutes.
describe("a long run in what a client sends takes no more time than its length:", () => {
  const run = (part: string) => part.repeat(400_000);

  test("blanks in what may be base64", () => {
    const image_url = `${"A".repeat(20)}${run(" ")}!`;
    expect(readPart({ type: "image_url", image_url })).toMatchObject({ url: image_url });
  });

  test("slashes in a domain", () => {
    const tool = { type: "web_search" as const, filters: { allowed_domains: [`a${run("/")}x//`] } };
    const limits = { isOffered: true, functions: [], mostCalls: undefined };
    const { serverTools } = offerSearches([{ tool, at: 0, field: "tools" }], limits);
    expect(serverTools).toMatchObject([{ definition: { allowed_domains: [`a${run("/")}x`] } }]);
  });

  test("underscores in the name of an argument", () => {
    const names = ArgumentNames.of({ type: "object", properties: { [`a${run("_")}$x`]: {} } });
    expect(names?.schema.properties).toEqual({ [`a${"_".repeat(59)}`]: {} });
  });

  test("blanks in the arguments of a call", () => {
    const call = (text: string) =>
      ({ type: "tool-call", id: "toolu_abcdefgh", name: "f", args: JSON.stringify({ text }) }) as const;
    expect(sameCall(call(`${run(" ")}x`), call(`${run(" ")}x \n`), [])).toBeTrue();
    expect(sameCall(call(`${run(" ")}x`), call(`${run(" ")}y`), [])).toBeFalse();
  });

  test("letters in the name of a model, beside an alias of two stars", () => {
    const aliases = new ModelAliases({ "*a*A*b": "sonnet" });
    expect(aliases.find(run("a"))).toBeUndefined();
    expect(aliases.find(`${run("a")}B`)?.model).toBe("sonnet");
    expect(aliases.find("ab")).toBeUndefined();
  });

  test("blanks in a character set", () => {
    const headers = (charset: string) => new Headers({ "content-type": `application/json; charset=${charset}` });
    expect(contentType(headers(`x${run(" ")}y`)).charset).toBeUndefined();
    expect(contentType(headers(' "UTF-8" ')).charset).toBe("utf-8");
  });

  test("spaces in a path", () => {
    const path = `/x${run("%20")}x`;
    expect(targetOf("GET", path, [])).toEqual({ path });
  });
});
