import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

// A headless Chromium of the system's, for the tests and pictures of the page. Debian's is installed where it is missing and may be.

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Nothing of it reaches the network but the page that it is told. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const INSTALL_WITHIN_MS = 180_000;

export type Found = { readonly path: string } | { readonly missing: string };

/** Where Chromium is, after installing it if need be; else why there is none. */
export async function findChromium(): Promise<Found> {
  const named = process.env.TEST_CHROMIUM_PATH;
  if (named !== undefined) return existsSync(named) ? { path: named } : { missing: `${named} does not exist` };
  const path = PLACES.find(existsSync);
  if (path !== undefined) return { path };
  if (process.platform !== "linux" || process.getuid?.() !== 0 || Bun.which("apt-get") === null) {
    return { missing: "it is not installed, and only root on Debian can have it installed here" };
  }
  const failure = (await apt("update")) ?? (await apt("install", "-y", "--no-install-recommends", "chromium"));
  const installed = PLACES.find(existsSync);
  return installed === undefined ? { missing: `apt-get could not install it: ${failure}` } : { path: installed };
}

/** Undefined: it did it. */
async function apt(...words: string[]): Promise<string | undefined> {
  const child = Bun.spawn(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=60", ...words], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: INSTALL_WITHIN_MS,
  });
  const errors = await new Response(child.stderr).text();
  const code = await child.exited;
  return code === 0 ? undefined : `${errors.trim().slice(-300)} (exit code ${code})`;
}

/** A browser with a profile of its own, which is gone with it. */
export function openBrowser(path: string): Promise<Browser> {
  return chromium.launch({ executablePath: path, args: FLAGS });
}
