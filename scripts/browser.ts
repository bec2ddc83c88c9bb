import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";

// A headless Chromium of the system's, for the tests and pictures of the page. Debian's is installed where it is missing and may be; run as
// a program, that is all this does.

/** Debian's without windows first: it is smaller, and starts sooner. */
const PLACES = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

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

/** Where Chromium is, after installing it if need be, or waiting for who does; else why there is none. */
export async function findChromium(): Promise<Found> {
  const named = process.env.TEST_CHROMIUM_PATH;
  if (named !== undefined) return existsSync(named) ? { path: named } : { missing: `${named} does not exist` };
  const installs =
    process.platform === "linux" && process.getuid?.() === 0 && ["apt-get", "flock"].every((name) => Bun.which(name));
  const failure = installs ? `apt-get could not install it: ${await install()}` : undefined;
  const path = PLACES.find(existsSync);
  if (path !== undefined) return { path };
  return { missing: failure ?? "it is not installed, and only root on Debian can have it installed here" };
}

/** Without what nobody reads here, which takes longer than the browser itself: manuals and their index, icons, menus. */
const PACKAGE_OPTIONS = [
  "-o DPkg::Lock::Timeout=60 -o Acquire::Languages=none -o Dpkg::Options::=--force-unsafe-io",
  ...["man", "doc", "locale", "icons", "applications"].map(
    (folder) => `-o 'Dpkg::Options::=--path-exclude=/usr/share/${folder}/*'`,
  ),
].join(" ");
const INSTALL = `
for place in ${PLACES.join(" ")}; do [ -e $place ] && exit; done
set -e
apt="apt-get -q ${PACKAGE_OPTIONS}"
eval $apt update
eval $apt install -y --no-install-recommends chromium-headless-shell || eval $apt install -y --no-install-recommends chromium`;

/** One at a time: who waited for another finds it there. Resolves with why it may not be there now. */
async function install(): Promise<string> {
  const child = Bun.spawn(["flock", import.meta.path, "sh", "-c", INSTALL], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: INSTALL_WITHIN_MS,
  });
  const errors = await new Response(child.stderr).text();
  return `${errors.trim().slice(-300)} (exit code ${await child.exited})`;
}

/** A browser with a profile of its own, which is gone with it. */
export async function openBrowser(path: string): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath: path, args: FLAGS });
}

if (import.meta.main) await findChromium();
