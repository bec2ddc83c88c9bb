/** What is typed in the README's picture. The first one starts the server, which is told by its last line to be ready. */
export const SERVER = { command: "claude-max-api --demo", lastLine: /Try it[^\n]*\n/ };
export const COMMANDS = ['claude-max-api ask "What can you do?"', "claude-max-api connect aider"];
