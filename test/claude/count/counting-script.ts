import type { CountingProcess } from "../../../src/claude/count/count-parts.ts";
import { Estimates } from "../../../src/claude/count/estimates.ts";
import { Binding } from "../../../src/claude/pool/binding.ts";
import { Rebinding } from "../../../src/claude/pool/rebinding.ts";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { Logger } from "../../../src/observability/logger.ts";

/** A program that answers control requests by their ids, acknowledges each turn, and tells these tokens of its context. */
export function countingScript(tokens: Readonly<Record<string, number>>): string {
  const categories = Object.entries(tokens).map(([id, count]) => ({ id, tokens: count }));
  return `while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"request_id":"\\([^"]*\\)".*/\\1/p')
  case "$line" in
  *get_context_usage*) body='${JSON.stringify({ categories })}' ;;
  *) body='{}' ;;
  esac
  if [ -n "$id" ]; then
    printf '{"type":"control_response","response":{"subtype":"success","request_id":"%s","response":%s}}\\n' "$id" "$body"
  else
    printf '{"type":"result","subtype":"success","is_error":false,"num_turns":0}\\n'
  fi
done`;
}

/** Starts a program as a process that counts. */
export function startCounting(path: string): CountingProcess {
  const estimates = new Estimates();
  const process = new CliProcess({
    path,
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    logger: new Logger("silent"),
    errors: estimates,
  });
  const binding = new Binding(process, {
    model: "sonnet",
    selectsModelsSilently: false,
    longestToolDescription: Number.POSITIVE_INFINITY,
    callTimeoutMs: 1_000,
    rebinding: new Rebinding(false),
  });
  return { process, binding, estimates };
}
