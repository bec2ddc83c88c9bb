import type { Call, Command } from "../command.ts";
import { NAME, withInstance } from "./instance.ts";
import { DRY_RUN, FOLLOW, JSON_OUTPUT, LINES, LOG_FILE, REFUSED_API_KEY, SERVER_OPTIONS } from "./options.ts";

// What the commands do is loaded when one is called: the server starts without it.
const control = (name: "install" | "uninstall" | "start" | "stop" | "restart" | "logs") => async (call: Call) =>
  (await import("./control.ts"))[name](withInstance(call));

export const serviceCommand = {
  summary: "Run the server in the background, started by the system",
  about: [
    "On macOS this is an agent of launchd, on Linux a unit of systemd's user manager, on Windows a scheduled task. It runs as you, with " +
      "your Claude login; no administrator is needed.",
  ],
  options: [],
  examples: [
    { line: "install", does: "start it now, and from now on by itself" },
    { line: "status", does: "whether it runs and answers" },
    { line: "logs --follow", does: "what it says" },
  ],
  commands: {
    install: {
      summary: "Install the service, or replace it, and start it",
      about: [
        "The server's options given here, or set by variables here, become the service's own. Installing again with others replaces " +
          "them. What is in the configuration file stays there, and is read at each start.",
      ],
      options: [DRY_RUN, NAME, ...SERVER_OPTIONS, REFUSED_API_KEY],
      examples: [
        { line: "", does: "listen on http://localhost:3456, from now on" },
        { line: "--dry-run", does: "show what would be written and run" },
        { line: "--port 8080 --strict", does: "with settings" },
        { line: "--name work --port 3457", does: "a second one, for another login" },
      ],
      run: control("install"),
    },
    uninstall: {
      summary: "Stop the service and remove what install wrote",
      options: [DRY_RUN, NAME],
      examples: [{ line: "", does: "settings and stored responses stay" }],
      run: control("uninstall"),
    },
    start: {
      summary: "Start it, and wait until it answers",
      options: [DRY_RUN, NAME],
      examples: [{ line: "", does: "after a stop" }],
      run: control("start"),
    },
    stop: {
      summary: "Stop it; running requests may end first, but on Windows",
      options: [DRY_RUN, NAME],
      examples: [{ line: "", does: "until it is started again" }],
      run: control("stop"),
    },
    restart: {
      summary: "Restart it, such as after an update",
      options: [DRY_RUN, NAME],
      examples: [{ line: "", does: "the new binary, and the configuration file as it is now" }],
      run: control("restart"),
    },
    status: {
      summary: "Tell whether it is installed, runs and answers",
      about: [
        "The exit code is 0 when it runs and answers, 1 when it runs and does not answer, 3 when it does not run.",
      ],
      options: [JSON_OUTPUT, NAME],
      examples: [
        { line: "", does: "for reading" },
        { line: "--json", does: "for programs" },
      ],
      run: async (call) => (await import("./status.ts")).status(withInstance(call)),
    },
    logs: {
      summary: "Show its log",
      options: [LINES, FOLLOW, NAME],
      examples: [
        { line: "--lines 200", does: "the last 200 lines" },
        { line: "-f", does: "new lines as they come, until Ctrl-C" },
      ],
      run: control("logs"),
    },
    run: {
      summary: "What launchd and the Task Scheduler start: the server",
      about: [
        "Not to be typed: it is `serve`, with its output in a file, and with variables from service.env beside the configuration file.",
      ],
      options: [LOG_FILE, NAME, ...SERVER_OPTIONS],
      examples: [{ line: "--log-file service.log", does: "the output goes there" }],
      run: async (call) => (await import("./run-service.ts")).runService(withInstance(call)),
    },
  },
} satisfies Command;
