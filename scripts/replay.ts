// Sends recorded requests of Anthropic's API through the server and the real CLI, and tells which of them reach the (simulated) API as
// they are: `bun run replay FILE.jsonl [--only ID] [--json]`. A line of the file is {"id", "from", "request", "betas"?}; in a request whose texts
// are blanked ("<12 characters>") something of that kind stands in. Nothing of the file is kept. Exit code 1 when one is answered by
// an error of the server's own, or asks the API more than once.
import { parseArgs } from "node:util";
import { text } from "../src/simulator/reply.ts";
import { startHarness } from "../test/support/harness.ts";
import { compare, type Difference, showDifference } from "./replay/compare.ts";
import { fillBlanks, readShapes, type Shape, signaturesIn } from "./replay/shape.ts";

/** Of a line that names none. */
const BETAS = [
  "task-budgets-2026-03-13",
  "advisor-tool-2026-03-01",
  "compact-2026-01-12",
  "compact-2026-09-04",
  "files-api-2025-04-14",
  "mcp-client-2025-11-20",
  "skills-2025-10-02",
];
const PATIENCE_MS = 60_000;
/** Stands for a model that Anthropic has no more: what of a request travels does not hang on it. */
const SUBSTITUTE = "sonnet";

type Outcome = Shape & {
  readonly status: number;
  /** Requests that the API got of it. */
  readonly asked: number;
  readonly differences: readonly Difference[];
  readonly ignored: string | null;
  readonly said: string;
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string", multiple: true }, json: { type: "boolean", default: false } },
});
const [file] = positionals;
if (file === undefined) {
  console.error('Name a file of lines {"id", "from", "request"}: bun run replay FILE.jsonl');
  process.exit(2);
}
const shapes = readShapes(await Bun.file(file).text())
  .filter(({ id }) => flags.only === undefined || flags.only.includes(id))
  .map((shape) => ({ ...shape, request: fillBlanks(shape.request) }));

await using app = await startHarness({ responder: () => text("ok"), trustedSignatures: shapes.flatMap(signaturesIn) });

async function send(shape: Shape, model: unknown): Promise<Outcome> {
  const before = app.simulator.requests.length;
  const response = await fetch(`${app.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-beta": (shape.betas ?? BETAS).join(",") },
    body: JSON.stringify({ ...shape.request, model, stream: false }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const said = await response.text();
  if (response.status === 404 && model !== SUBSTITUTE) return await send(shape, SUBSTITUTE);
  const received = app.simulator.requests.slice(before);
  const [first] = received;
  const differences = first === undefined ? [] : compare(shape.request, first);
  const ignored = response.headers.get("x-claude-max-api-ignored");
  return { ...shape, status: response.status, asked: received.length, differences, ignored, said };
}

const outcomes: Outcome[] = [];
for (const shape of shapes) outcomes.push(await send(shape, shape.request.model));

const isUnchanged = ({ status, asked, differences }: Outcome) =>
  status === 200 && asked === 1 && differences.length === 0;
const others = outcomes.filter((outcome) => !isUnchanged(outcome));
if (flags.json)
  console.log(
    JSON.stringify(
      others.map(({ request: _, ...outcome }) => outcome),
      null,
      2,
    ),
  );
for (const { id, from, status, asked, differences, ignored, said } of flags.json ? [] : others) {
  console.log(`${id}  ${from}  ${status}, asked ${asked} times${ignored === null ? "" : `, named: ${ignored}`}`);
  if (status !== 200) console.log(`    ${said.slice(0, 300)}`);
  for (const difference of differences) console.log(`    ${showDifference(difference)}`);
}
console.log(`${outcomes.length - others.length} of ${outcomes.length} arrive as they were sent`);
if (others.some(({ status, asked }) => status >= 500 || asked > 1)) process.exitCode = 1;
