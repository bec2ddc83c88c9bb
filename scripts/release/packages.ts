import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { Compile } from "typebox/compile";

/** A package of which something is inside the binary. */
export type BundledPackage = {
  readonly name: string;
  readonly version: string;
  /** As its package.json says, an SPDX expression. */
  readonly license: string;
  readonly licenceTexts: readonly string[];
  readonly homepage: string | undefined;
  readonly dependencies: readonly string[];
  /** SHA-512 of its archive in the registry, in hexadecimal, as the lock file has it. */
  readonly sha512: string;
};

const Metafile = Compile(
  Type.Object({
    outputs: Type.Record(
      Type.String(),
      Type.Object({ inputs: Type.Record(Type.String(), Type.Object({ bytesInOutput: Type.Number() })) }),
    ),
  }),
);

const PackageJson = Compile(
  Type.Object({
    name: Type.String(),
    version: Type.String(),
    license: Type.String(),
    homepage: Type.Optional(Type.String()),
    dependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
    peerDependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
  }),
);

/** Name and version, registry, details, integrity: the last is missing for what comes from elsewhere. */
const LockFile = Compile(
  Type.Object({ packages: Type.Record(Type.String(), Type.Array(Type.Unknown(), { minItems: 1 })) }),
);

/**
 * The folders of the packages that a bundle is made of, such as `node_modules/elysia`, from what `bun build` tells of it: those of which at
 * least one byte is inside.
 */
export function packageFolders(metafile: unknown): string[] {
  if (!Metafile.Check(metafile)) throw new Error("the metafile of the build has not the shape that is known");
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll("\\", "/"))?.[1])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

/** Throws for a package without a licence, or one that the lock file does not have: neither may be given away. */
export function readPackages(root: string, folders: readonly string[]): BundledPackage[] {
  const lock: unknown = Bun.JSONC.parse(readFileSync(join(root, "bun.lock"), "utf8"));
  if (!LockFile.Check(lock)) throw new Error("bun.lock has not the shape that is known");
  const integrities = new Map(Object.values(lock.packages).map((entry) => [entry[0], entry.at(-1)]));
  return folders.map((folder) => readPackage(root, join(root, folder), integrities));
}

/**
 * Licences whose text is the same for all who use them, and names nobody: the place of the text, for packages that leave it out. A
 * package under any other has to bring its own.
 */
const COMMON_TEXTS: Readonly<Record<string, string>> = { "Apache-2.0": "node_modules/typescript/LICENSE" };

function readPackage(root: string, folder: string, integrities: ReadonlyMap<unknown, unknown>): BundledPackage {
  const json: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!PackageJson.Check(json)) throw new Error(`${folder}/package.json does not tell name, version and licence`);
  const { name, version, license, homepage, dependencies, peerDependencies } = json;
  const licenceTexts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  const common = COMMON_TEXTS[license];
  if (licenceTexts.length === 0 && common !== undefined)
    licenceTexts.push(readFileSync(join(root, common), "utf8").trim());
  if (licenceTexts.length === 0) throw new Error(`the package ${name} has no licence text`);
  const sha512 = /^sha512-(.+)$/.exec(String(integrities.get(`${name}@${version}`)))?.[1];
  if (sha512 === undefined) throw new Error(`bun.lock has no hash of ${name}@${version}`);
  return {
    name,
    version,
    license,
    licenceTexts,
    homepage,
    dependencies: Object.keys({ ...dependencies, ...peerDependencies }),
    sha512: Buffer.from(sha512, "base64").toString("hex"),
  };
}

/** What Bun publishes about what is inside it: a page of its own documentation, in the package of its types. */
export function readBunLicences(root: string): string {
  const path = join(root, "node_modules/bun-types/docs/project/license.mdx");
  if (!existsSync(path)) throw new Error(`${path} is missing: Bun's page of licences has moved`);
  // The page begins with a block for who renders it.
  return readFileSync(path, "utf8")
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .trim();
}
