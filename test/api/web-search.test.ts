import { describe, expect, test } from "bun:test";
import { CitedText, textsOf } from "../../src/api/web-search/citations.ts";
import { offerSearches, type SearchLimits } from "../../src/api/web-search/offer-searches.ts";
import type { AnthropicSearchTool, SearchTool } from "../../src/api/web-search/schema.ts";
import { citation } from "../support/searches.ts";

const offer = (tool: Partial<SearchTool> | AnthropicSearchTool, limits: Partial<SearchLimits> = {}) => {
  const { serverTools, leftOut } = offerSearches(
    [{ tool: { type: "web_search", ...tool }, at: 0, field: "tools.web_search" }],
    { isOffered: true, functions: [], ...limits },
  );
  return { definition: serverTools[0]?.definition, leftOut };
};
const SEARCH = { type: "web_search_20250305", name: "web_search", max_uses: 5 };

describe("a search is offered as Anthropic has it", () => {
  test.each<[string, Partial<SearchTool>, object, string[]]>([
    ["without settings", {}, {}, []],
    ["of a small size", { search_context_size: "low" }, { max_uses: 1 }, []],
    ["of a large size", { search_context_size: "high" }, { max_uses: 10 }, []],
    ["so often", { search_context_size: "high", max_uses: 2 }, { max_uses: 2 }, []],
    [
      "on some domains",
      { filters: { allowed_domains: ["https://a.example/", "*.b.example", "c.example/docs", ""] } },
      { allowed_domains: ["a.example", "b.example", "c.example/docs"] },
      [],
    ],
    ["not on others", { filters: { blocked_domains: ["a.example"] } }, { blocked_domains: ["a.example"] }, []],
    [
      "of both lists by the narrower",
      { filters: { allowed_domains: ["a.example"], blocked_domains: ["b.example"] } },
      { allowed_domains: ["a.example"] },
      ["tools.web_search.filters.blocked_domains"],
    ],
    [
      "near the user",
      { user_location: { type: "approximate", city: "Rome", country: "IT", region: null } },
      { user_location: { type: "approximate", city: "Rome", country: "IT" } },
      [],
    ],
    [
      "near the user, but for a country that has no code",
      { user_location: { city: "Rome", country: "Italy" } },
      { user_location: { type: "approximate", city: "Rome" } },
      ["tools.web_search.user_location.country"],
    ],
    ["near nobody", { user_location: { type: "approximate" } }, {}, []],
  ])("%s", (_, tool, definition, leftOut) => {
    expect(offer(tool)).toEqual({ definition: { ...SEARCH, ...definition }, leftOut });
  });

  test("as often as all tools of its provider may be called", () => {
    expect(offer({}, { mostCalls: 3 }).definition).toEqual({ ...SEARCH, max_uses: 3 });
    expect(offer({}, { mostCalls: 9 }).definition).toEqual(SEARCH);
  });

  test("in Anthropic's own words as it is, with newer versions called by the model itself", () => {
    const old = {
      type: "web_search_20250305",
      name: "web_search",
      max_uses: 2,
      cache_control: { type: "ephemeral" },
    } as const;
    const { cache_control: _, ...kept } = old;
    expect(offer(old).definition).toEqual(kept);
    expect(offer({ type: "web_fetch_20260209", name: "web_fetch" }).definition).toEqual({
      type: "web_fetch_20260209",
      name: "web_fetch",
      allowed_callers: ["direct"],
    });
  });

  test("not where the user turned it off, from a cache, or beside a function of its name", () => {
    const none = { definition: undefined, leftOut: ["tools.web_search"] };
    expect(offer({}, { isOffered: false })).toEqual(none);
    expect(offer({ external_web_access: false })).toEqual(none);
    expect(offer({}, { functions: ["web_search"] })).toEqual(none);
  });
});

describe("a text and what it rests on", () => {
  test("stand apart from what was said before a search, by a break that there is not yet", () => {
    const cited = new CitedText();
    const say = (...pieces: string[]) => pieces.map((piece) => cited.push(piece)).join("");
    expect(say("One", ".")).toBe("One.");
    cited.part();
    cited.begin();
    cited.cite(citation("aQ=="));
    expect(say("Two.")).toBe("\n\nTwo.");
    expect(cited.end()).toMatchObject([{ start: 6, end: 10 }]);
    cited.part();
    expect(say(" Three.\n")).toBe(" Three.\n");
    cited.part();
    expect(say("Four.")).toBe("Four.");
  });

  test("are the texts again that they were made of", () => {
    const cited = new CitedText();
    const annotations = ["a ", "b", "😀c"].flatMap((piece, index) => {
      cited.begin();
      if (index > 0) cited.cite(citation(`i${index}`));
      cited.push(piece);
      return cited.end();
    });
    const told = annotations.map(({ start, end, url, title, native: { cited_text, encrypted_index } }) => {
      return { type: "url_citation", start_index: start, end_index: end, url, title, cited_text, encrypted_index };
    });
    const texts = [
      { type: "text", text: "a " },
      { type: "text", text: "b", citations: [citation("i1")] },
      { type: "text", text: "😀c", citations: [citation("i2")] },
      { type: "text", text: "!" },
    ];
    expect<unknown>(textsOf("a b😀c!", told)).toEqual(texts);
    expect(
      textsOf(
        "a b",
        told.map(({ encrypted_index: _, ...lost }) => lost),
      ),
    ).toBeUndefined();
    expect(textsOf("a b😀c!", "none")).toBeUndefined();
    expect(textsOf("a", told)).toBeUndefined();
  });
});
