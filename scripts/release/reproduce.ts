import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Copies what a build reads to another folder: the sources, and the packages that go into the bundle, so that no path of the checkout is the
 * same.
 */
export function copyCheckout(root: string, packages: readonly string[], copy: string): void {
  for (const path of ["src", "package.json", "tsconfig.json", "bunfig.toml", "bun.lock", ...packages]) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { recursive: true, dereference: true });
  }
}
