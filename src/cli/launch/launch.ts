import { didYouMean } from "../../config/nearest.ts";
import { type Call, PROGRAM, UsageError } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";
import type { Launch } from "../connect/client.ts";
import { CLIENT_TITLES, clientNamed, LAUNCHABLE } from "../connect/client-names.ts";
import { CLIENTS } from "../connect/clients.ts";
import { ANY_KEY, findConnection, KEY_VARIABLE } from "../connect/connection.ts";
import { CONNECT_FLAGS } from "../connect/flags.ts";
import { refusedNote, whereServerIs } from "../running-server/find-server.ts";
import { openServer } from "../running-server/open-server.ts";
import { askWhoListens } from "../running-server/who-listens.ts";
import { interruptible } from "../terminal/signals.ts";

/** Starts a program in this terminal, with all that it needs to ask the server; its exit code is ours. */
export async function launch(call: Call): Promise<number> {
  const { terminal, system } = call.surroundings;
  const [word = "", ...words] = call.operands;
  const { name, title, launcher } = launchable(word);
  const wanted = flagValue(CONNECT_FLAGS.model, call);

  await using opened = new AsyncDisposableStack();
  let launch: Launch | undefined;
  let env: Launch["env"] = {};
  const code = await interruptible(async (interrupted) => {
    const server = opened.use(await openServer(await whereServerIs(call), call.surroundings, { warm: 1 }));
    await server.modelsKnown(interrupted);
    const { connection, isRefused } = await findConnection(server.address, await askWhoListens(server.address), wanted);
    if (isRefused) throw new Error(refusedNote(server.address));
    const key = server.address.apiKeys[0] ?? ANY_KEY;
    launch = launcher({ ...connection, key }, wanted);
    env = { ...launch.env, [KEY_VARIABLE]: key };
    const whose = server.running ? "" : ", a server that ends with it";
    terminal.writeError(terminal.errorStyle.dim(`${title} asks ${connection.baseUrl}${whose}.\n`));
    return 0;
  });
  if (launch === undefined || code !== 0) return code;

  const ended = await system.attach([launch.command, ...launch.args, ...words], env);
  if (ended !== undefined) return ended;
  throw new Error(
    `${launch.command} is not on PATH: install ${title}, or say where it is. See ${CLIENTS[name].document}`,
  );
}

/** Throws UsageError for a word that names no program that can be started so. */
function launchable(word: string) {
  const name = clientNamed(word);
  if (name === undefined) {
    const near = didYouMean(word, LAUNCHABLE);
    throw new UsageError(
      `${JSON.stringify(word)} is not a program that can be started: ${LAUNCHABLE.join(", ")}.${near}`,
      ["launch"],
    );
  }
  const title = CLIENT_TITLES[name];
  const launcher = CLIENTS[name].launch;
  if (launcher !== undefined) return { name, title, launcher };
  throw new UsageError(
    `${title} cannot be told by its environment or its arguments whom to ask. ${PROGRAM} connect ${name} says what to set in it.`,
    ["launch"],
  );
}
