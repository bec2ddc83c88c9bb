import type { BunComponent } from "./bun-components.ts";
import type { BundledPackage } from "./packages.ts";

const RULE = `\n\n${"=".repeat(100)}\n\n`;

export type Inside = {
  readonly program: string;
  readonly ownLicence: string;
  readonly packages: readonly BundledPackage[];
  readonly bunVersion: string;
  readonly bunPage: string;
  readonly bunComponents: readonly BunComponent[];
};

/** The text of THIRD-PARTY-LICENSES.txt: everything that is inside the binaries, and on what terms. */
export function renderLicences({ program, ownLicence, packages, bunVersion, bunPage, bunComponents }: Inside): string {
  const list = packages.map(({ name, version, license }) => `  ${name} ${version}: ${license}`).join("\n");
  const head = `What is inside the binaries of ${program}

1. ${program} itself
2. Packages bundled with it, as the bundler tells of what it put in:
${list}
3. Bun ${bunVersion}, the runtime, with the libraries linked into it`;
  const texts = packages.map(
    ({ name, version, homepage, licenceTexts }) =>
      `${name} ${version}${homepage === undefined ? "" : `\n${homepage}`}\n\n${licenceTexts.join("\n\n")}`,
  );
  return `${[head, `${program}\n\n${ownLicence.trim()}`, ...texts, bunSection(bunVersion, bunPage, bunComponents)].join(RULE)}\n`;
}

function bunSection(version: string, page: string, components: readonly BunComponent[]): string {
  const told = components
    .filter((component) => component.version !== undefined)
    .map(({ name, version }) => `  ${name} ${version}`)
    .join("\n");
  return `Bun ${version}

Bun publishes the following about its licences and those of what is linked into it. It does not publish the texts of the latter; they
are at the addresses named. The sources of Bun, and what it takes to relink it, are at https://github.com/oven-sh/bun (tag bun-v${version}).

Versions, or commits, that the runtime tells of itself:

${told}

${page}`;
}
