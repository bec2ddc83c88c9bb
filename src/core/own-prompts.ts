/**
 * What Claude Code says at the beginning of a system prompt, about itself: a line of accounting, which is another in each request, and
 * who it is. The CLI behind us says both for itself.
 */
const OWN_LINES = [
  /^x-anthropic-billing-header:[^\n]*(?:\n+|$)/,
  /^You are Claude Code, Anthropic's official CLI for Claude(?:, running within the Claude Agent SDK)?\.(?:\n+|$)/,
  /^You are a Claude agent, built on Anthropic's Claude Agent SDK\.(?:\n+|$)/,
];

/** A system prompt, or a part of one, without what the CLI says of itself: as it is, no two requests would share a prompt. */
export function withoutOwnLines(system: string): string {
  let rest = system;
  for (const line of OWN_LINES) rest = rest.replace(line, "");
  return rest;
}
