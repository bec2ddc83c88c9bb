import { findInstallation, type InstallationOptions, readLogin } from "../../claude/cli/installation.ts";
import { LoginSession, readCode } from "../../claude/cli/login.ts";
import { loginCommand, logoutCommand } from "../../claude/cli/shell-commands.ts";
import { ensureEmptyDirectory } from "../../claude/cli/working-files.ts";
import { reasonOf } from "../../config/errors.ts";
import { type Call, PROGRAM, type Surroundings } from "../command.ts";
import { settingsOf } from "../command-line/settings.ts";
import { installationOptions } from "../installation-options.ts";
import { interruptible, unlessAborted } from "../terminal/signals.ts";

const TOKEN = "CLAUDE_CODE_OAUTH_TOKEN";

/** Logs the CLI in, and tells when that is done. Throws where it cannot be, with the CLI's own command. */
export function login(call: Call, isAgain: boolean): Promise<number> {
  const { config } = settingsOf(call);
  const { surroundings } = call;
  const { write } = surroundings.terminal;
  return interruptible(async (signal) => {
    // A token hides the stored login, which is what is made and looked at here.
    const env = { ...surroundings.env, [TOKEN]: undefined };
    const options = installationOptions(config, { ...surroundings, env }, signal);
    const path = findInstallation(options);
    ensureEmptyDirectory(options.workingDirectory);
    const before = await readLogin(path, options);
    if (before?.loggedIn && !before.billsByUse && !isAgain) {
      write(`The Claude CLI is logged in already: ${before.description}. Another account: ${PROGRAM} login --again\n`);
      return 0;
    }
    await logIn(path, options, surroundings);
    const after = await readLogin(path, options);
    if (after?.loggedIn === false) throw notFinished(path, options, "the CLI is not logged in afterwards");
    write(`Logged in${after ? `: ${after.description}` : ""}. A server that runs notices by itself.\n`);
    if (surroundings.env[TOKEN]) {
      write(`${TOKEN} is set, and goes before this login: take it away where the server starts.\n`);
    }
    return 0;
  });
}

/** Prints the command that logs the CLI out. */
export function nameLogout(call: Call): number {
  const options = installationOptions(settingsOf(call).config, call.surroundings, new AbortController().signal);
  call.surroundings.terminal.write(`${logoutCommand(options, findInstallation(options))}\n`);
  return 0;
}

async function logIn(path: string, options: InstallationOptions, surroundings: Surroundings): Promise<void> {
  const { settings, cliEnv: env, workingDirectory: cwd, signal = new AbortController().signal } = options;
  const { write, input, style } = surroundings.terminal;
  await using session = new LoginSession({ path, settings, env, cwd });
  const addresses = await unlessAborted(session.begin(), signal);
  if (addresses === undefined) {
    throw new Error(
      `this Claude CLI does not let another program begin its login. Run \`${loginCommand(options, path)}\`.`,
    );
  }
  openPage(addresses.automaticUrl, surroundings);
  write(
    "Log in with your Claude account in the browser that opens. If none does, or it is on another machine, open this address, " +
      `and paste the code that it shows here:\n\n  ${style.cyan(addresses.manualUrl)}\n\n`,
  );
  const done = session.completed();
  const pasted = async () => {
    const line = input.isTerminal ? (await input.readLine()).trim() : "";
    if (line === "") return done;
    const code = readCode(line, addresses.manualUrl);
    if (code === undefined) throw new Error("what was pasted is no code");
    await session.submit(code);
  };
  try {
    await unlessAborted(Promise.race([done, pasted()]), signal);
  } catch (reason) {
    signal.throwIfAborted();
    throw notFinished(path, options, reasonOf(reason));
  }
}

function notFinished(path: string, options: InstallationOptions, reason: string): Error {
  return new Error(
    `the login was not finished: ${reason}. Run \`${PROGRAM} login\` again, or \`${loginCommand(options, path)}\`.`,
  );
}

/** Opens a page in the user's browser, where there is a desktop. */
function openPage(url: string, { platform, env, system }: Surroundings): void {
  if (platform === "linux" && !env.DISPLAY && !env.WAYLAND_DISPLAY) return;
  const opener: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ["open"],
    win32: ["rundll32", "url.dll,FileProtocolHandler"],
  };
  // Where nothing opens, the address that is printed does.
  void system.run([...(opener[platform] ?? ["xdg-open"]), url]).catch(() => {});
}
