import type { Checksum } from "./checksums.ts";
import { fileName, TARGETS } from "./targets.ts";

/** What package managers are told of a release. */
export type Packaged = {
  readonly name: string;
  readonly version: string;
  /** An SPDX name. */
  readonly license: string;
  readonly publisher: string;
  /** Where the release's files are, `owner/name`. */
  readonly repository: string;
  readonly binaries: readonly Checksum[];
};

/** One line; package managers want it short, and without the program's name or an article at its beginning. */
export const DESCRIPTION = "Local OpenAI- and Anthropic-compatible server for your Claude subscription";

/**
 * The files that Homebrew, Scoop and winget are given, by their path below the folder of packages. Throws where a platform's binary is missing:
 * half a manifest would be published as a whole one.
 */
export function renderManifests(packaged: Packaged): Record<string, string> {
  const identifier = wingetIdentifier(packaged);
  return {
    [`homebrew/${packaged.name}.rb`]: homebrew(packaged),
    [`scoop/${packaged.name}.json`]: `${JSON.stringify(scoop(packaged), undefined, 2)}\n`,
    [`winget/${identifier}.yaml`]: yaml(wingetVersion(packaged)),
    [`winget/${identifier}.installer.yaml`]: yaml(wingetInstaller(packaged)),
    [`winget/${identifier}.locale.en-US.yaml`]: yaml(wingetLocale(packaged)),
  };
}

type File = { readonly url: string; readonly sha256: string };

function fileOf({ binaries, repository, version }: Packaged, targetName: string): File {
  const target = TARGETS.find(({ name }) => name === targetName);
  const file = target && binaries.find(({ name }) => name === fileName(target));
  if (file === undefined) throw new Error(`the manifests need the binary of ${targetName}`);
  return { url: `https://github.com/${repository}/releases/download/v${version}/${file.name}`, sha256: file.sha256 };
}

/** A formula: Ruby. Its binaries are no archives, which Homebrew has to be told. */
function homebrew(packaged: Packaged): string {
  const { name, version, license, repository } = packaged;
  const block = (system: string, processors: readonly (readonly [string, string])[]) => [
    `  on_${system} do`,
    ...processors.flatMap(([processor, target]) => {
      const { url, sha256 } = fileOf(packaged, target);
      return [`    on_${processor} do`, `      url "${url}", using: :nounzip`, `      sha256 "${sha256}"`, "    end"];
    }),
    "  end",
    "",
  ];
  return `${[
    `class ${name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())} < Formula`,
    `  desc "${DESCRIPTION}"`,
    `  homepage "https://github.com/${repository}"`,
    `  version "${version}"`,
    `  license "${license}"`,
    "",
    ...block("macos", [
      ["arm", "darwin-arm64"],
      ["intel", "darwin-x64"],
    ]),
    ...block("linux", [
      ["arm", "linux-arm64"],
      ["intel", "linux-x64"],
    ]),
    "  def install",
    `    bin.install Dir["${name}-*"].first => "${name}"`,
    `    generate_completions_from_executable(bin/"${name}", "completion", shells: [:bash, :zsh, :fish])`,
    "  end",
    "",
    "  test do",
    `    assert_equal version.to_s, shell_output("#{bin}/${name} --version").strip`,
    "  end",
    "end",
  ].join("\n")}\n`;
}

function scoop(packaged: Packaged): object {
  const { name, version, license, repository } = packaged;
  const places = { "64bit": "windows-x64", arm64: "windows-arm64" } as const;
  // What stands behind the sign is the name that the file gets.
  const named = (url: string) => `${url}#/${name}.exe`;
  const each = <T>(make: (file: File) => T) =>
    Object.fromEntries(Object.entries(places).map(([place, target]) => [place, make(fileOf(packaged, target))]));
  return {
    version,
    description: DESCRIPTION,
    homepage: `https://github.com/${repository}`,
    license,
    architecture: each(({ url, sha256 }) => ({ url: named(url), hash: sha256 })),
    bin: `${name}.exe`,
    checkver: "github",
    autoupdate: {
      architecture: each(({ url }) => ({ url: named(url.replace(`/v${version}/`, "/v$version/")) })),
      hash: { url: "$baseurl/SHA256SUMS", regex: "$sha256\\s+\\*$basename" },
    },
  };
}

const WINGET_SCHEMA = "1.10.0";

/** winget takes at most 32 characters between dots. */
function wingetIdentifier({ repository, name }: Packaged): string {
  const [owner = ""] = repository.split("/");
  if (owner.length > 32) throw new Error(`winget takes no publisher with more than 32 characters, and ${owner} has`);
  return `${owner}.${name}`;
}

function wingetVersion(packaged: Packaged): Manifest {
  const facts = { PackageIdentifier: wingetIdentifier(packaged), PackageVersion: packaged.version };
  return { ...facts, DefaultLocale: "en-US", ManifestType: "version", ManifestVersion: WINGET_SCHEMA };
}

function wingetInstaller(packaged: Packaged): Manifest {
  const installers = [
    ["x64", "windows-x64"],
    ["arm64", "windows-arm64"],
  ].map(([Architecture = "", target = ""]) => {
    const { url, sha256 } = fileOf(packaged, target);
    return { Architecture, InstallerUrl: url, InstallerSha256: sha256.toUpperCase() };
  });
  return {
    PackageIdentifier: wingetIdentifier(packaged),
    PackageVersion: packaged.version,
    InstallerType: "portable",
    Commands: [packaged.name],
    Installers: installers,
    ManifestType: "installer",
    ManifestVersion: WINGET_SCHEMA,
  };
}

function wingetLocale(packaged: Packaged): Manifest {
  const { name, version, license, publisher, repository } = packaged;
  const address = `https://github.com/${repository}`;
  return {
    PackageIdentifier: wingetIdentifier(packaged),
    PackageVersion: version,
    PackageLocale: "en-US",
    Publisher: publisher,
    PackageName: name,
    PackageUrl: address,
    License: license,
    LicenseUrl: `${address}/blob/v${version}/LICENSE`,
    ShortDescription: DESCRIPTION,
    ReleaseNotesUrl: `${address}/releases/tag/v${version}`,
    ManifestType: "defaultLocale",
    ManifestVersion: WINGET_SCHEMA,
  };
}

type Manifest = Readonly<Record<string, string | readonly (string | Readonly<Record<string, string>>)[]>>;

/** YAML of texts and lists. Texts are quoted as JSON has them, which YAML takes: so a version such as 1.10 stays one. */
function yaml(manifest: Manifest): string {
  const lines = Object.entries(manifest).flatMap(([key, value]) =>
    typeof value === "string" ? [`${key}: ${JSON.stringify(value)}`] : [`${key}:`, ...value.flatMap(item)],
  );
  return `${lines.join("\n")}\n`;
}

function item(value: string | Readonly<Record<string, string>>): string[] {
  if (typeof value === "string") return [`  - ${JSON.stringify(value)}`];
  return Object.entries(value).map(
    ([key, text], index) => `  ${index === 0 ? "-" : " "} ${key}: ${JSON.stringify(text)}`,
  );
}
