import { CountingProcess } from "../../../src/claude/count/counting-process.ts";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { Logger } from "../../../src/observability/logger.ts";

type Script = {
  /** What the context amounts to, by category. */
  readonly tokens: Readonly<Record<string, number>>;
  /** The tools that it counts. */
  readonly tools?: readonly string[];
  /** What it does before it tells. */
  readonly before?: string;
  /** Whether it writes the marks that it is asked for; default true. */
  readonly marks?: boolean;
  readonly rewinds?: boolean;
};

/** A program that answers control requests by their ids, acknowledges each turn, and tells of its context. */
export function countingScript({ tokens, tools = [], before = ":", marks = true, rewinds = true }: Script): string {
  const categories = Object.entries(tokens).map(([id, count]) => ({ id, tokens: count }));
  const usage = { categories, mcpTools: tools.map((name) => ({ name })) };
  const mark = `echo "[WARN] mcp_reconnect: refused: Server not found: $server" >&2`;
  return `while read -r line; do
  id=\${line#*'"request_id":"'}; id=\${id%%'"'*}
  body='{}'
  case "$line" in
  *'"subtype":"get_context_usage"'*) ${before}; body='${JSON.stringify(usage)}' ;;
  *'"subtype":"mcp_reconnect"'*) server=\${line#*'"serverName":"'}; server=\${server%%'"'*}; ${marks ? mark : ":"} ;;
  *'"subtype":"rewind_conversation"'*) body='{"rewound":${rewinds}}' ;;
  *'"type":"control_request"'*) ;;
  *) echo '{"type":"result","subtype":"success","is_error":false,"num_turns":0}'; continue ;;
  esac
  printf '{"type":"control_response","response":{"subtype":"success","request_id":"%s","response":%s}}\\n' "$id" "$body"
done`;
}

/** Starts a program as a process that counts. */
export function startCounting(path: string): CountingProcess {
  const env = { PATH: "/usr/bin:/bin" };
  return new CountingProcess(
    (errors) => new CliProcess({ path, args: [], env, cwd: "/", logger: new Logger("silent"), errors }),
  );
}
