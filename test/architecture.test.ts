import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { Glob } from "bun";
import packageJson from "../package.json" with { type: "json" };

// The rules of ARCHITECTURE.md, derived from the imports themselves.

const ROOT = join(import.meta.dir, "..");
const filesIn = (...folders: string[]) =>
  folders.flatMap((folder) => [...new Glob(`${folder}/**/*.ts`).scanSync(ROOT)]).sort();

type Import = { readonly from: string; readonly to: string };

/** Every relative import of a file, also of types only, as paths from the root; packages are left out. */
function importsOf(file: string): Import[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  const targets = [...source.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, target]) => target ?? "");
  return targets.map((target) => ({ from: file, to: relative(ROOT, join(ROOT, dirname(file), target)) }));
}

const SOURCES = filesIn("src");
const IMPORTS = SOURCES.flatMap(importsOf);

/** `src/claude/pool/worker.ts` is in `claude`; files directly in src are layers of their own: `app`, `main`, `demo`. */
function layerOf(file: string): string {
  const [, first = "", ...rest] = file.split("/");
  return rest.length === 0 ? basename(first, ".ts") : first;
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  observability: [],
  config: [],
  simulator: [],
  api: ["core", "media"],
  claude: ["core", "observability"],
  media: ["core"],
  page: ["api", "core"],
  server: ["api", "config", "core", "observability", "page"],
  usage: ["core", "observability"],
  demo: ["core", "simulator"],
  app: ["api", "claude", "config", "core", "demo", "media", "observability", "page", "server", "usage"],
  cli: ["app", "claude", "config", "observability", "usage"],
  main: ["cli", "config"],
};

test("every part of src has its rule", () => {
  expect([...new Set(SOURCES.map(layerOf))].sort()).toEqual(Object.keys(ALLOWED).sort());
});

describe.each(Object.entries(ALLOWED))("%s", (layer, allowed) => {
  test(`imports only ${allowed.length === 0 ? "itself" : allowed.join(", ")} and packages`, () => {
    const foreign = IMPORTS.filter(({ from, to }) => layerOf(from) === layer && to.startsWith("src/"))
      .filter(({ to }) => ![layer, ...allowed].includes(layerOf(to)))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(foreign).toEqual([]);
  });
});

/** Every package and built-in module that a file imports, also of types only. */
function packagesOf(file: string): string[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  const targets = source.matchAll(/^(?:import|export)\s(?:[\w\s{},*]+\sfrom\s)?"([^."][^"]*)"/gm);
  return [...targets].map(([, name]) => name ?? "");
}

test("core knows no package, and nothing of the system it runs on", () => {
  const foreign = SOURCES.filter((file) => layerOf(file) === "core").flatMap(packagesOf);
  expect(foreign).toEqual([]);
});

test("src uses only packages that are installed with it, and each of them that are", () => {
  const used = SOURCES.flatMap(packagesOf).filter((name) => !/^(node:|bun(:|$))/.test(name));
  const names = used.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
  expect([...new Set(names)].sort()).toEqual(Object.keys(packageJson.dependencies).sort());
});

test("no dialect knows another", () => {
  const dialectOf = (file: string) => /^src\/api\/((?:openai|anthropic)-[\w-]+)\//.exec(file)?.[1];
  const crossing = IMPORTS.filter(({ from, to }) => {
    const [own, other] = [dialectOf(from), dialectOf(to)];
    return own !== undefined && other !== undefined && own !== other;
  });
  expect(crossing).toEqual([]);
});

test("no import cycles", () => {
  const graph = Map.groupBy(IMPORTS, ({ from }) => from);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const { to } of graph.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  expect(() => {
    for (const file of SOURCES) visit(file, []);
  }).not.toThrow();
});

const ALL = filesIn("src", "test", "scripts").map((file) => ({ file, source: readFileSync(join(ROOT, file), "utf8") }));
const offenders = (offends: (entry: { file: string; source: string }) => boolean) =>
  ALL.filter(offends).map(({ file }) => file);

test("no file has more than 300 lines", () => {
  expect(offenders(({ source }) => source.split("\n").length > 301)).toEqual([]);
});

test("no file is named for being useful", () => {
  expect(offenders(({ file }) => /^(utils?|helpers?|misc|common)\b/.test(basename(file)))).toEqual([]);
});

test("no file talks the type checker out of its findings", () => {
  // Put together from parts, so that this file does not hold what it looks for.
  const words = ["as a" + "ny", "@ts-" + "ignore", "@ts-" + "expect-error", "as unknown " + "as"];
  expect(offenders(({ source }) => words.some((word) => source.includes(word)))).toEqual([]);
});

test("no module of src has state of its own", () => {
  expect(offenders(({ file, source }) => file.startsWith("src/") && /^(export )?let /m.test(source))).toEqual([]);
});
