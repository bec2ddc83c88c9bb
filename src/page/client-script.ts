import { join } from "node:path";

/**
 * The page's script in one piece, from its TypeScript. It is a macro: run while the module that asks for it is bundled (or, from
 * source, loaded), so that the binary holds the text. `Bun.build` would wait for itself there.
 */
export function clientScript(): string {
  const entry = join(import.meta.dir, "client/page.ts");
  const { success, stdout, stderr } = Bun.spawnSync([process.execPath, "build", entry, "--target=browser", "--minify"]);
  if (!success) throw new Error(`the page's script cannot be built: ${stderr.toString()}`);
  return stdout.toString();
}
