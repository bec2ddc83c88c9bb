import { minimalInput } from "../../src/simulator/demo/minimal-input.ts";
import { type ApiFields, type ApiTool, isFields } from "../../src/simulator/messages-body.ts";

/** What the simulated model wants done, whatever the agent's tools are called. */
export type Step =
  | { readonly kind: "read"; readonly path: string }
  /** At an image. */
  | { readonly kind: "look"; readonly path: string }
  | { readonly kind: "replace"; readonly path: string; readonly old: string; readonly new: string }
  | { readonly kind: "run"; readonly command: string }
  | { readonly kind: "call"; readonly name: string; readonly input: ApiFields }
  | { readonly kind: "delegate"; readonly prompt: string; readonly options: ApiFields };

export type Call = { readonly name: string; readonly input: ApiFields };

/** How tools are called in the agents; the first that is offered is taken. */
const NAMES: Readonly<Record<Exclude<Step["kind"], "call">, readonly string[]>> = {
  read: ["Read", "read", "read_file", "ReadFile", "view", "read_files"],
  look: ["ReadMediaFile", "view_image", "Read", "read", "read_file", "view"],
  replace: ["Edit", "edit", "StrReplaceFile", "edit_file", "replace", "replace_in_file", "editor"],
  run: [
    "Bash",
    "bash",
    "exec_command",
    "shell_command",
    "run_shell_command",
    "run_commands",
    "execute_command",
    "exec",
    "shell",
    "Shell",
  ],
  delegate: ["Agent", "agent", "task"],
};

const PATHS = ["file_path", "filePath", "absolute_path", "filepath", "path"];
const OLDS = ["old_string", "oldString", "old_str", "oldText", "old_text", "old"];
const NEWS = ["new_string", "newString", "new_str", "newText", "new_text", "new"];
const COMMANDS = ["command", "cmd", "script"];

/** The call by which a step is done; where there is no tool of its kind, a command does the same. Undefined: not even that. */
export function callFor(step: Step, tools: readonly ApiTool[]): Call | undefined {
  if (step.kind === "call") {
    // A function that is named like one of the CLI's own is offered with a number behind its name.
    const offered = tools.find(({ name }) => name === step.name || name === `${step.name}_2`);
    return offered && { name: offered.name, input: step.input };
  }
  const tool = NAMES[step.kind].flatMap((name) => tools.filter((each) => each.name === name))[0];
  const input = tool && inputFor(step, tool.input_schema);
  if (tool && input) return { name: tool.name, input };
  if (step.kind !== "read" && step.kind !== "replace") return undefined;
  return callFor({ kind: "run", command: asCommand(step) }, tools);
}

function asCommand(step: Extract<Step, { kind: "read" | "replace" }>): string {
  return step.kind === "read" ? `cat ${step.path}` : `sed -i 's/${step.old}/${step.new}/' ${step.path}`;
}

/** What the schema requires, with what the step says in its place. */
function inputFor(step: Exclude<Step, { kind: "call" }>, schema: unknown): ApiFields | undefined {
  if (!isFields(schema) || !isFields(schema.properties)) return undefined;
  const said = saidOf(step, schema.properties);
  return said && { ...minimalInput(schema), ...said };
}

function saidOf(step: Exclude<Step, { kind: "call" }>, properties: ApiFields): ApiFields | undefined {
  switch (step.kind) {
    case "read":
    case "look":
      return readInput(step.path, properties);
    case "run":
      return runInput(step.command, properties);
    case "replace":
      return replaceInput(step, properties);
    case "delegate":
      return "prompt" in properties ? { prompt: step.prompt, ...step.options } : undefined;
  }
}

function readInput(path: string, properties: ApiFields): ApiFields | undefined {
  const name = PATHS.find((each) => each in properties);
  if (name !== undefined) return { [name]: path };
  if ("file_paths" in properties) return { file_paths: [path] };
  return "files" in properties ? { files: [{ path }] } : undefined;
}

function runInput(command: string, properties: ApiFields): ApiFields | undefined {
  const name = COMMANDS.find((each) => each in properties);
  if (name !== undefined) return { [name]: isList(properties[name]) ? ["sh", "-c", command] : command };
  return "commands" in properties ? { commands: [command] } : undefined;
}

function replaceInput(step: Extract<Step, { kind: "replace" }>, properties: ApiFields): ApiFields | undefined {
  const path = PATHS.find((each) => each in properties);
  if (path === undefined) return undefined;
  const change = changeInput(step, properties);
  if (change !== undefined) return { [path]: step.path, ...change };
  for (const list of ["edits", "edit", "replacements"]) {
    const place = properties[list];
    if (!isFields(place)) continue;
    const inner = changeWithin(step, place);
    if (inner !== undefined) return { [path]: step.path, [list]: inner };
  }
  return undefined;
}

function changeWithin(step: Extract<Step, { kind: "replace" }>, schema: ApiFields): unknown {
  for (const each of [schema, ...listOf(schema.anyOf), ...listOf(schema.oneOf)]) {
    if (isFields(each.properties)) return changeInput(step, each.properties);
    if (isFields(each.items) && isFields(each.items.properties)) {
      const change = changeInput(step, each.items.properties);
      if (change !== undefined) return [change];
    }
  }
  return undefined;
}

function changeInput(step: Extract<Step, { kind: "replace" }>, properties: ApiFields): ApiFields | undefined {
  const old = OLDS.find((name) => name in properties);
  const fresh = NEWS.find((name) => name in properties);
  return old !== undefined && fresh !== undefined ? { [old]: step.old, [fresh]: step.new } : undefined;
}

function isList(schema: unknown): boolean {
  return isFields(schema) && schema.type === "array";
}

function listOf(value: unknown): ApiFields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
