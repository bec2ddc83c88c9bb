import { existsSync } from "node:fs";
import { join } from "node:path";
import type { NoRunner, Runner } from "./runners.ts";

const SERVER = "/usr/lib/wine/wineserver";

/**
 * Bun's runtime imports one function of bcryptprimitives.dll, which Wine 8 does not have; this stands in for it. The random numbers come
 * from where Wine has them.
 */
const PRIMITIVES = `#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T size) { return RtlGenRandom(bytes, (ULONG)size); }
`;

export async function wineRunner(scratch: string): Promise<Runner | NoRunner> {
  const wine = [Bun.which("wine64"), Bun.which("wine"), "/usr/lib/wine/wine64"].find(
    (path) => path && existsSync(path),
  );
  if (!wine) return { why: "needs Windows, or Wine (Debian: wine64 gcc-mingw-w64-x86-64)" };
  const compiler = Bun.which("x86_64-w64-mingw32-gcc");
  if (compiler === null)
    return { why: "Wine is here, but not what builds a library that it may lack (Debian: gcc-mingw-w64-x86-64)" };
  const source = join(scratch, "bcryptprimitives.c");
  await Bun.write(source, PRIMITIVES);
  await Bun.$`${compiler} -shared -o ${join(scratch, "bcryptprimitives.dll")} ${source} -ladvapi32`.quiet();
  const env = { WINEPREFIX: join(scratch, "wine"), WINEDEBUG: "-all", WINEPATH: `Z:${scratch.replaceAll("/", "\\")}` };
  const version = (
    await Bun.$`${wine} --version`
      .env({ ...env, HOME: scratch, PATH: "/usr/bin:/bin" })
      .quiet()
      .text()
  ).trim();
  return {
    name: `in Wine (${version})`,
    command: [wine],
    env,
    faithful: false,
    // Wine's own processes go on for a while after the last program.
    async stop() {
      if (existsSync(SERVER)) await Bun.$`${SERVER} -k`.env(env).quiet().nothrow();
    },
  };
}
