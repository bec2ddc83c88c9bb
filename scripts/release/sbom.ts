import * as Enums from "@cyclonedx/cyclonedx-library/Enums";
import * as Models from "@cyclonedx/cyclonedx-library/Models";
import * as Serialize from "@cyclonedx/cyclonedx-library/Serialize";
import * as SPDX from "@cyclonedx/cyclonedx-library/SPDX";
import * as Spec from "@cyclonedx/cyclonedx-library/Spec";
import * as Validation from "@cyclonedx/cyclonedx-library/Validation";
import type { BunComponent } from "./bun-components.ts";
import type { Checksum } from "./checksums.ts";
import type { BundledPackage } from "./packages.ts";
import type { Target } from "./targets.ts";

export type Contents = {
  readonly program: { readonly name: string; readonly version: string; readonly license: string };
  /** When the sources were committed, so that two builds of one commit have one SBOM. */
  readonly date: Date;
  readonly binaries: readonly Checksum[];
  readonly packages: readonly BundledPackage[];
  readonly bun: {
    readonly version: string;
    readonly components: readonly BunComponent[];
    readonly runtimes: readonly Pick<Target, "runtime" | "runtimeSha256">[];
  };
};

/** An arbitrary namespace, so that equal contents have equal numbers. */
const NAMESPACE = "5f0b8f3c-6a3e-4d0f-9b58-0d6a1c2f7e11";
const { Component } = Models;
const { ComponentType, HashAlgorithm } = Enums;

/** The software bill of materials of all binaries together: CycloneDX 1.6, as JSON. */
export function renderSbom(contents: Contents): string {
  const bom = bomOf(contents);
  bom.serialNumber = `urn:uuid:${Bun.randomUUIDv5(JSON.stringify(contents), NAMESPACE)}`;
  const normalizers = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(normalizers).serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** Compares with the schema of CycloneDX 1.6, in which nothing may be that it does not name. Throws where it does not fit. */
export function sbomCheck(): (json: string) => Promise<void> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  return async (json) => {
    const error: unknown = await validator.validate(json);
    if (error !== null) throw new Error(`the SBOM is not valid: ${JSON.stringify(error)}`);
  };
}

function bomOf({ program, date, binaries, packages, bun }: Contents): Models.Bom {
  const { name, version } = program;
  const app = new Component(ComponentType.Application, name, {
    bomRef: name,
    version,
    licenses: licences(program.license),
    purl: `pkg:generic/${name}@${version}`,
    components: new Models.ComponentRepository(binaries.map(fileComponent)),
  });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ timestamp: date, component: app }) });

  const libraries = new Map(packages.map((entry) => [entry.name, npmComponent(entry)]));
  for (const { name: from, dependencies } of packages) {
    for (const to of dependencies) connect(libraries.get(from), libraries.get(to));
  }
  const needed = new Set(packages.flatMap(({ dependencies }) => dependencies));
  for (const [library, component] of libraries) {
    bom.components.add(component);
    if (!needed.has(library)) connect(app, component);
  }

  const runtime = bunComponent(bun);
  bom.components.add(runtime);
  connect(app, runtime);
  return bom;
}

function connect(from: Models.Component | undefined, to: Models.Component | undefined): void {
  if (from !== undefined && to !== undefined && from !== to) from.dependencies.add(to.bomRef);
}

function fileComponent({ name, sha256 }: Checksum): Models.Component {
  return new Component(ComponentType.File, name, {
    bomRef: `file:${name}`,
    hashes: new Models.HashDictionary([[HashAlgorithm["SHA-256"], sha256]]),
  });
}

function npmComponent({ name, version, license, sha512 }: BundledPackage): Models.Component {
  const [scope, bare] = name.startsWith("@") ? name.split("/") : [undefined, name];
  const purl = npmPurl(name, version);
  return new Component(ComponentType.Library, bare ?? name, {
    ...(scope === undefined ? {} : { group: scope }),
    bomRef: purl,
    version,
    purl,
    licenses: licences(license),
    hashes: new Models.HashDictionary([[HashAlgorithm["SHA-512"], sha512]]),
  });
}

/** Bun, with the executables that were used, and what is linked into them. */
function bunComponent({ version, components, runtimes }: Contents["bun"]): Models.Component {
  const executables = runtimes.map(
    ({ runtime, runtimeSha256 }) =>
      new Component(ComponentType.File, runtime, {
        bomRef: `runtime:${runtime}`,
        group: "@oven",
        version,
        purl: npmPurl(`@oven/${runtime}`, version),
        licenses: licences("MIT"),
        hashes: new Models.HashDictionary([[HashAlgorithm["SHA-256"], runtimeSha256]]),
      }),
  );
  const linked = components.map(
    (component) =>
      new Component(ComponentType.Library, component.name, {
        bomRef: `bun:${component.name}`,
        ...(component.version === undefined ? {} : { version: component.version }),
        licenses: licences(component.license),
        externalReferences: new Models.ExternalReferenceRepository([
          new Models.ExternalReference(component.url, Enums.ExternalReferenceType.Website),
        ]),
      }),
  );
  return new Component(ComponentType.Platform, "bun", {
    bomRef: "bun",
    version,
    purl: `pkg:github/oven-sh/bun@bun-v${version}`,
    licenses: licences("MIT"),
    components: new Models.ComponentRepository([...executables, ...linked]),
  });
}

function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** An id that SPDX knows, or else the words of whoever licenses it. */
function licences(license: string): Models.LicenseRepository {
  const known = SPDX.isSupportedSpdxId(license);
  return new Models.LicenseRepository([known ? new Models.SpdxLicense(license) : new Models.NamedLicense(license)]);
}
