/** Oldest CLI that takes a client's text literally (`client_composed`); older ones read files that a text mentions. */
export const OLDEST_SUPPORTED_VERSION = "2.1.250";

/** The version that the tests run with. Newer ones are taken, too: what depends on a version is tried first, or asked of the CLI. */
export const NEWEST_TESTED_VERSION = "2.1.330";

/** From this version on, a model selected before the first question leaves no trace in the conversation. */
export const selectsModelsSilently = since("2.1.251");

/** In these versions a process can be given another system prompt and another model, as was seen; see rebinding.ts. */
const REBINDS = { since: "2.1.251", until: "2.1.332" } as const;

/** Whether it can; undefined: the version is newer than those that we know. */
export function rebinding(version: string): boolean | undefined {
  return compareVersions(version, REBINDS.until) > 0 ? undefined : since(REBINDS.since)(version);
}

/** From this version on, as was seen, a turn that waits for results can end with them; 2.1.290 ends itself instead. See turn/conversation.ts. */
export const settlesCalls = since("2.1.300");

/** From this version on, as was seen, it can be asked what a process has cost without looking for more; 2.1.250 would read all of its transcripts. */
export const tellsCost = since("2.1.330");

/** How these versions count tokens, as was seen; see src/claude/count. */
const COUNTS = { since: "2.1.330", until: "2.1.332", takenOff: 500 } as const;

/** How many tokens it takes off what Anthropic says of tools; undefined: it is not known of this version. */
export function takenOffTools(version: string): number | undefined {
  return since(COUNTS.since)(version) && compareVersions(version, COUNTS.until) <= 0 ? COUNTS.takenOff : undefined;
}

/**
 * Whether tools are counted with their whole descriptions: from this version on, CLAUDE_CODE_MAX_MCP_DESCRIPTION_LENGTH (see invocation.ts)
 * is listened to. Older ones cut them at 2,048 characters.
 */
export const countsDescriptions = since("2.1.280");

/** The version in what `claude --version` prints, such as `2.1.330 (Claude Code)`; undefined when there is none. */
export function parseVersion(output: string): string | undefined {
  // A wrapper may print of other programs before.
  return (/\b(\d+\.\d+\.\d+) \(Claude Code\)/.exec(output) ?? /\b(\d+\.\d+\.\d+)\b/.exec(output))?.[1];
}

export const isSupportedVersion = since(OLDEST_SUPPORTED_VERSION);

function since(oldest: string): (version: string) => boolean {
  return (version) => compareVersions(version, oldest) >= 0;
}

/** Negative when `a` is older than `b`, positive when newer; both as `MAJOR.MINOR.PATCH`. */
export function compareVersions(a: string, b: string): number {
  return Bun.semver.order(a, b);
}
