import { ConfigError } from "../../config/errors.ts";
import { didYouMean } from "../../config/nearest.ts";
import { type Call, PROGRAM, UsageError } from "../command.ts";
import { flagValue, settingsOf } from "../command-line/settings.ts";
import { findServer, networkNote, refusedNote } from "../running-server/find-server.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Client, ClientFile, Guide } from "./client.ts";
import { CLIENT_TITLES, clientNamed } from "./client-names.ts";
import { CLIENTS } from "./clients.ts";
import { type Connection, findConnection } from "./connection.ts";
import { type FileTask, type Mode, undoFile, writeFile } from "./edit-file.ts";
import { CONNECT_FLAGS } from "./flags.ts";

export async function connect(call: Call): Promise<number> {
  const { surroundings, operands } = call;
  const { terminal } = surroundings;
  const mode = modeOf(call);
  const [word] = operands;
  if (word === undefined) {
    if (mode.kind !== "show") throw new UsageError(`--${mode.kind} needs a client: ${withFiles()}.`, ["connect"]);
    terminal.write(list(terminal));
    return 0;
  }
  const name = clientNamed(word);
  if (name === undefined) {
    if (mode.kind === "show") return await showUnknown(word, call);
    throw new UsageError(`${JSON.stringify(word)} is not a client: ${withFiles()}.${meant(word)}`, ["connect"]);
  }
  const client = CLIENTS[name];
  if (mode.kind !== "show" && client.file === undefined) {
    throw new UsageError(
      `--${mode.kind}: ${CLIENT_TITLES[name]} has no file that can be written; ${withFiles()} have. ${PROGRAM} connect ${name} says what to set.`,
      ["connect"],
    );
  }
  const task = (file: ClientFile, secrets: readonly string[]): FileTask => {
    return { name, title: CLIENT_TITLES[name], file, mode, surroundings, secrets };
  };
  if (mode.kind === "undo" && client.file) return undoFile(task(client.file, knownKeys(call)));
  const { connection, keys, status } = await lookUp(call);
  if (mode.kind === "write" && client.file) {
    const code = await writeFile(task(client.file, keys), connection);
    terminal.writeError(status);
    return code;
  }
  show(client.guide(connection, surroundings.platform), client, connection, terminal);
  if (status !== "") terminal.writeError(`\n${status}`);
  return 0;
}

/** What clients have to be told, and what is worth knowing of the server, a line each. */
async function lookUp(call: Call) {
  const { config } = settingsOf(call);
  const { address, occupant, notes } = await findServer(call, config);
  const { connection, isRefused } = await findConnection(address, occupant, flagValue(CONNECT_FLAGS.model, call));
  const status = [...notes, ...(isRefused ? [refusedNote(address)] : []), networkNote(address)]
    .filter((note) => note !== undefined)
    .map((note) => `${note}\n`)
    .join("");
  return { connection, keys: config.apiKeys, status };
}

/** For a program that has no page: what every program that speaks OpenAI's API wants. */
async function showUnknown(word: string, call: Call): Promise<number> {
  const { terminal } = call.surroundings;
  const { connection, status } = await lookUp(call);
  terminal.writeError(
    `There is no page on ${JSON.stringify(word)}.${meant(word)} Every program that speaks OpenAI's API wants these three:\n\n`,
  );
  const { baseUrl, key, model } = connection;
  terminal.write(`${terminal.style.cyan(`Base URL  ${baseUrl}\nAPI key   ${key}\nModel     ${model}`)}\n`);
  terminal.writeError(
    `\n${connection.keyRequired ? `${KEY_NOTE}\n` : ""}` +
      `One that speaks Anthropic's API wants the address without /v1. ${PROGRAM} connect lists the programs that have a page.\n`,
  );
  if (status !== "") terminal.writeError(`\n${status}`);
  return 0;
}

function meant(word: string): string {
  return didYouMean(word, Object.keys(CLIENT_TITLES));
}

const KEY_NOTE = "YOUR_KEY stands for one of the keys of this server.";

/** The server's keys. To take something back, its settings need not be in order: those that cannot be read tell no keys. */
function knownKeys(call: Call): readonly string[] {
  try {
    return settingsOf(call).config.apiKeys;
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

function modeOf(call: Call): Mode {
  const [write, undo, dryRun, yes] = [
    flagValue(CONNECT_FLAGS.write, call),
    flagValue(CONNECT_FLAGS.undo, call),
    flagValue(CONNECT_FLAGS.dryRun, call),
    flagValue(CONNECT_FLAGS.yes, call),
  ];
  if (write && undo) throw new UsageError("--write and --undo exclude each other.", ["connect"]);
  if (yes && dryRun) throw new UsageError("--yes and --dry-run exclude each other.", ["connect"]);
  if (yes && !write && !undo) throw new UsageError("--yes goes with --write or --undo.", ["connect"]);
  // To ask for a rehearsal is to ask for writing.
  return { kind: undo ? "undo" : write || dryRun ? "write" : "show", dryRun, yes };
}

function withFiles(): string {
  const names = Object.entries(CLIENTS).flatMap(([name, { file }]) => (file ? [name] : []));
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function list({ style }: Terminal): string {
  const width = Math.max(...Object.keys(CLIENT_TITLES).map((name) => name.length)) + 2;
  const lines = Object.entries(CLIENT_TITLES).map(([name, title]) => `  ${style.bold(name.padEnd(width))}${title}`);
  return `${lines.join("\n")}\n`;
}

/** The snippet alone goes to standard output: it can be piped, and what is said of it is still seen. */
function show(
  { before, snippet, after }: Guide,
  { document, asOf }: Client,
  connection: Connection,
  { write, writeError, errorStyle, style }: Terminal,
): void {
  const notes = [...after, ...(connection.keyRequired ? [KEY_NOTE] : [])];
  writeError(`${before}\n\n`);
  write(`${style.cyan(snippet.text)}\n`);
  writeError(`\n${notes.join("\n")}\n`);
  writeError(`${errorStyle.dim(`After ${document}${asOf ? ` (${asOf})` : ""}`)}\n`);
}
