import type { Figures } from "./measure.ts";
import type { Outcome } from "./smoke.ts";

export type Released = {
  readonly name: string;
  readonly target: string;
  readonly bytes: number;
  /** What else there is to say of it; may be empty. */
  readonly remark: string;
};

export type Notes = {
  readonly version: string;
  readonly commit: string;
  readonly changes: { readonly text: string; readonly released: boolean };
  readonly binaries: readonly Released[];
  readonly outcomes: readonly Outcome[];
  /** Undefined when it was not tried. */
  readonly reproduced: boolean | undefined;
  readonly figures: Measured | undefined;
  /** Where it is published, `owner/name`. */
  readonly repository: string | undefined;
};

/** Figures of the binary that is made for the machine of the release, and what machine that was. */
export type Measured = {
  readonly target: string;
  readonly machine: string;
  readonly withoutClaude: Figures;
  readonly withClaude: Figures;
};

const GOALS = { startMs: 60, idleMb: 60 };

/** The text of RELEASE_NOTES.md. */
export function renderNotes(notes: Notes): string {
  const { version, commit, changes } = notes;
  const name = changes.released ? version : `${version}, not released yet`;
  return `${[
    `# claude-max-api ${name}\n\nBuilt from ${commit}.`,
    ...(notes.repository === undefined ? [] : [`## Installing\n\n${installing(notes.repository)}`]),
    `## Changes\n\n${changes.text.replace(/^###/gm, "####")}`,
    `## Binaries\n\n${binaries(notes)}`,
    CHECKING,
    `## What was started where it was built\n\n${outcomes(notes.outcomes)}`,
    ...(notes.figures === undefined ? [] : [`## Start and memory\n\n${figures(notes.figures)}`]),
    `## The same again\n\n${reproduction(notes.reproduced)}`,
  ].join("\n\n")}\n`;
}

function installing(repository: string): string {
  const address = `https://github.com/${repository}/releases/latest/download`;
  return [
    "```sh",
    `curl -fsSL ${address}/install.sh | sh`,
    "```",
    "",
    "On Windows, in PowerShell:",
    "",
    "```powershell",
    `irm ${address}/install.ps1 | iex`,
    "```",
    "",
    "An installed one: `claude-max-api update`.",
  ].join("\n");
}

function binaries({ binaries: files }: Notes): string {
  const rows = files.map(({ name, bytes, remark }) => `| \`${name}\` | ${(bytes / 1e6).toFixed(1)} MB | ${remark} |`);
  return ["| file | size | |", "|---|---|---|", ...rows, "", REQUIREMENTS].join("\n");
}

const REQUIREMENTS = `All x64 binaries run on any 64-bit Intel or AMD processor since 2008 (SSE4.2), and use AVX2 where it is there. The \`musl\` ones are for Alpine
Linux, and need \`apk add libstdc++ libgcc\`. Windows asks before it starts what nobody has signed; macOS does when a browser has fetched it.`;

const CHECKING = `## Checking a download

\`sha256sum -c --ignore-missing SHA256SUMS\` (macOS: \`shasum -a 256 -c --ignore-missing SHA256SUMS\`) checks the files beside it.
\`THIRD-PARTY-LICENSES.txt\` has the licences of all that is inside, \`claude-max-api.cdx.json\` the same as a CycloneDX 1.6 bill of materials.`;

const STARTED_LATER = "The workflow that publishes a release starts each binary on a machine of its kind first.";

function outcomes(all: readonly Outcome[]): string {
  const rows = all.map(({ target, ran, how }) => `| ${target} | ${ran ? `ran ${how}` : `not run here: ${how}`} |`);
  return ["| | |", "|---|---|", ...rows, "", STARTED_LATER].join("\n");
}

function figures({ target, machine, withoutClaude, withClaude }: Measured): string {
  const row = (label: string, { startMs, startCpuMs, idleMb }: Figures) =>
    `| ${label} | ${startMs.median.toFixed(0)} ms (${startMs.least.toFixed(0)} to ${startMs.most.toFixed(0)}) | ${startCpuMs.toFixed(0)} ms | ` +
    `${Number.isNaN(idleMb) ? "not told" : `${idleMb.toFixed(1)} MB`} |`;
  const { startMs, idleMb } = withoutClaude;
  const verdict = (value: number, goal: number) => (value < goal ? "met" : "missed");
  return [
    `${target}, on ${machine}. From the start of the process to the answer of its first \`GET /health\`: median, least and most of 11. Memory:`,
    "resident, of the server's own process, two seconds later, without the processes of the CLI; median of 3.",
    "",
    "| | start | processor time of it | idle |",
    "|---|---|---|---|",
    row("no Claude CLI there", withoutClaude),
    row("with the Claude CLI, asking a simulated API", withClaude),
    "",
    `Goals, without the CLI: start below ${GOALS.startMs} ms ${verdict(startMs.median, GOALS.startMs)}, idle below ${GOALS.idleMb} MB ${verdict(idleMb, GOALS.idleMb)}.`,
  ].join("\n");
}

function reproduction(reproduced: boolean | undefined): string {
  if (reproduced === undefined) return "It was not tried whether a second build is the same.";
  if (!reproduced) return "A second build was not the same: do not publish this.";
  return `Each binary was built twice, the second time from a copy of the sources and packages in another folder, and was the same byte for byte. The same commit
gives the same files with the same version of Bun and the same \`--repository\`, whichever folder it is built in.`;
}
