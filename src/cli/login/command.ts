import { switchFlag } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import type { Command } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";

const AGAIN = switchFlag("again", "Log in also where there is a login, such as with another account");

const CLI_OPTIONS = [OPTIONS.claudePath, OPTIONS.config, OPTIONS.help];

export const loginCommand = {
  summary: "Log the Claude CLI in with your Claude account",
  about: [
    "Begins the CLI's own login: opens its page in your browser, or takes the code that the page shows, where the browser is on another machine. " +
      "The CLI keeps the login, and nobody else sees it. A server that runs notices by itself.",
  ],
  options: [AGAIN, ...CLI_OPTIONS],
  examples: [
    { line: "", does: "log in" },
    { line: "--again", does: "with another account" },
  ],
  run: async (call) => (await import("./login.ts")).login(call, flagValue(AGAIN, call)),
} satisfies Command;

export const logoutCommand = {
  summary: "Say how the Claude CLI is logged out",
  about: ["That is done by the CLI, and ends the login for all that use it: so it is only named here."],
  options: CLI_OPTIONS,
  examples: [{ line: "", does: "the command that does it" }],
  run: async (call) => (await import("./login.ts")).nameLogout(call),
} satisfies Command;
