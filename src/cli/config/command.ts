import { ALL_OPTIONS, OPTIONS } from "../../config/options.ts";
import type { Call, Command } from "../command.ts";

const run = (name: "path" | "show" | "edit" | "init") => async (call: Call) =>
  (await import("./config-file.ts"))[name](call);

export const configCommand = {
  summary: "Show, edit or make the configuration file",
  options: [],
  examples: [
    { line: "show", does: "every setting, and where its value comes from" },
    { line: "edit", does: "open the file in your editor" },
  ],
  commands: {
    path: {
      summary: "Print where the configuration file is, or would be",
      options: [OPTIONS.config],
      examples: [{ line: "", does: "its path" }],
      run: run("path"),
    },
    show: {
      summary: "Show every setting, its value, and where that comes from",
      about: ["Keys are not shown, only how many there are."],
      options: ALL_OPTIONS.filter(({ env }) => env !== undefined),
      examples: [{ line: "", does: "as a server that is started here would have them" }],
      run: run("show"),
    },
    edit: {
      summary: "Open the configuration file in your editor, and check it afterwards",
      about: [
        "The editor is the one that VISUAL or EDITOR names, else nano or vi, on Windows Notepad. A file that is missing is made first.",
      ],
      options: [OPTIONS.config],
      examples: [{ line: "", does: "edit it, and hear what is wrong with it" }],
      run: run("edit"),
    },
    init: {
      summary: "Make a configuration file to begin with",
      about: ["One that is there stays as it is."],
      options: [OPTIONS.config],
      examples: [{ line: "", does: "with the port in it" }],
      run: run("init"),
    },
  },
} satisfies Command;
