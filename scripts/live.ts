// Tries what this project takes for true of Anthropic's API on the API itself, through the server, by the login that the CLI has:
// `bun run live --yes [--only NAME]`. It costs a little of a plan's limits; `--list` tells what and how much, and asks nothing.
// `--simulated` asks the simulated API instead, for which all of it must be true. Exit code 1 when something differs.
import { parseArgs } from "node:util";
import { CLAIMS } from "./live/claims.ts";
import { estimate } from "./live/price.ts";
import { isSame, type Outcome, reportOf, tryClaims } from "./live/try-claim.ts";

const { values: flags } = parseArgs({
  options: {
    yes: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    simulated: { type: "boolean", default: false },
  },
});
const claims = CLAIMS.filter(({ name }) => flags.only === undefined || flags.only.includes(name));
const unknown = flags.only?.filter((name) => !CLAIMS.some((claim) => claim.name === name)) ?? [];

const { requests, tokens, dollars } = estimate(claims);
const cost = `${claims.length} claims, ${requests} requests, at most ${tokens} tokens, $${dollars.toFixed(2)} at list prices`;
if (unknown.length > 0) {
  console.error(`There is no claim ${unknown.join(", ")}. See --list.`);
  process.exitCode = 2;
} else if (flags.list) {
  for (const { name, model, source, expected } of claims) console.log(`${name} (${model}): ${expected}  [${source}]`);
  console.log(`\n${cost}`);
} else if (!flags.yes && !flags.simulated) {
  console.error(`This asks Anthropic's API by your login: ${cost}. Say --yes to do so, or --list to see what.`);
  process.exitCode = 2;
} else {
  await run();
}

async function run(): Promise<void> {
  const cleanup = new AsyncDisposableStack();
  const end = () => cleanup.disposeAsync();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void end().finally(() => process.exit(1)));
  try {
    // Not sooner: it takes longer to load than all else that is done here.
    const { LiveServer } = await import("./live/server.ts");
    const server = LiveServer.open(cleanup, { simulated: flags.simulated });
    const outcomes: Outcome[] = [];
    for await (const outcome of tryClaims(claims, server)) {
      outcomes.push(outcome);
      console.error(`${isSame(outcome) ? "same" : "DIFFERENT"}  ${outcome.claim.name}`);
    }
    console.log(reportOf(outcomes));
    const different = outcomes.filter((outcome) => !isSame(outcome)).length;
    console.log(`\n${cost}; ${different === 0 ? "nothing differs" : `${different} differ`}`);
    if (different > 0) process.exitCode = 1;
  } finally {
    await end();
  }
}
