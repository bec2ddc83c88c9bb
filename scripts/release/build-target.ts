import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { compile } from "../compile.ts";
import { checkSignature } from "./check-signature.ts";
import { withVersionData } from "./pe.ts";
import { loadResourceEditor } from "./resedit.ts";
import { signAdHoc } from "./sign.ts";
import { bunTarget, type Target } from "./targets.ts";

export const PUBLISHER = "the claude-max-api authors";

export type BuildOptions = {
  readonly target: Target;
  /** A folder of the build's own. */
  readonly folder: string;
  readonly runtime: string;
  readonly repository: string | undefined;
  readonly checkout?: string;
};

export type Built = {
  readonly path: string;
  readonly metafile: string;
  /** What was done to what Bun made, or found right, in words for the release notes. */
  readonly remark: string;
};

/** Builds the binary of one target as it is released. Throws when it could not be started there for a reason that shows in the file. */
export async function buildTarget({ target, folder, runtime, repository, checkout }: BuildOptions): Promise<Built> {
  mkdirSync(folder, { recursive: true });
  const windows = target.os === "windows";
  // The name becomes a part of the binary: the same for all.
  const path = join(folder, windows ? "claude-max-api.exe" : "claude-max-api");
  const metafile = join(folder, "meta.json");
  await compile({
    outfile: path,
    target: bunTarget(target),
    runtime: windows ? await branded(runtime, folder) : runtime,
    metafile,
    repository,
    ...(checkout === undefined ? {} : { checkout }),
  });
  const remark = target.os === "darwin" ? await ensureSigned(path) : windows ? "with version data, not signed" : "";
  return { path, metafile, remark };
}

async function branded(runtime: string, folder: string): Promise<string> {
  const { name, version, description } = packageJson;
  const data = {
    name,
    version,
    description,
    publisher: PUBLISHER,
    copyright: `Copyright (c) ${PUBLISHER}, MIT License`,
  };
  const path = join(folder, "runtime.exe");
  await Bun.write(path, withVersionData(await loadResourceEditor(), await Bun.file(runtime).bytes(), data));
  return path;
}

/** What Bun signs rightly itself is left as it is. */
async function ensureSigned(path: string): Promise<string> {
  const binary = await Bun.file(path).bytes();
  const { problems, pages } = checkSignature(binary);
  if (problems.length === 0) return `signed ad hoc by Bun; the hashes of all ${pages} pages are right`;
  const signed = signAdHoc(binary, packageJson.name);
  const after = checkSignature(signed);
  if (after.problems.length > 0) throw new Error(`${path} could not be signed: ${after.problems.join("; ")}`);
  await Bun.write(path, signed);
  chmodSync(path, 0o755);
  return `signed ad hoc by us, since Bun left a signature that is wrong; the hashes of all ${after.pages} pages are right`;
}
