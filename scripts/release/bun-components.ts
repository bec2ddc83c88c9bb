/** A part of Bun's runtime, as Bun's page of licences names it. */
export type BunComponent = {
  readonly name: string;
  readonly url: string;
  /** In Bun's words. */
  readonly license: string;
  /** What the runtime tells of itself: a version, or a commit; undefined where it tells nothing. */
  readonly version: string | undefined;
};

/** Where `process.versions` has another name than the page. */
const KEYS: Readonly<Record<string, string>> = {
  "c-ares": "ares",
  libicu: "icu",
  libuv: "uv",
  "lol-html": "lolhtml",
  "ls-hpack": "lshpack",
  picohttp: "picohttpparser",
  uSockets: "usockets",
  uWebsockets: "uwebsockets",
  "zlib-ng": "zlib",
};

/**
 * The components in the tables of Bun's page of licences, and JavaScriptCore, which it tells of in words. Throws when there are no such
 * tables any more.
 */
export function bunComponents(page: string, versions: Readonly<Record<string, string | undefined>>): BunComponent[] {
  const rows = page.split("\n").flatMap((line) => {
    const [, library = "", license = ""] = /^\|(.*)\|([^|]*)\|\s*$/.exec(line) ?? [];
    const [, name, url] = /\[`?([^\]`]+)`?\]\(([^)\s]+)\)/.exec(library) ?? [];
    if (name === undefined || url === undefined) return [];
    return [{ name, url, license: plain(license), version: versions[KEYS[name] ?? name] }];
  });
  if (rows.length < 20) throw new Error("Bun's page of licences has not the tables that are known");
  const url = "https://github.com/oven-sh/WebKit";
  return [{ name: "JavaScriptCore (WebKit)", url, license: "LGPL-2", version: versions.webkit }, ...rows];
}

/** `[text](address)` becomes `text (address)`. */
function plain(markdown: string): string {
  return markdown.trim().replace(/\[([^\]]+)\]\(([^)]+)\)/g, "$1 ($2)");
}
