const SEVERITY = { silent: 0, error: 1, warn: 2, info: 3, debug: 4 } as const;
export type LogThreshold = keyof typeof SEVERITY;

/** Fields never hold what a client or the model wrote, nor credentials: only ids, counts, durations, codes. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type LogFormat = "text" | "json";

/** What needs no quotes. */
const PLAIN = /^[\w./:@+-]+$/;

/** Writes one line per call: time, level, message, then the fields. Passed in, never imported as a singleton. */
export class Logger {
  readonly #threshold: number;
  readonly #write: (line: string) => void;
  readonly #format: LogFormat;

  constructor(
    threshold: LogThreshold,
    write: (line: string) => void = (line) => void process.stderr.write(line),
    format: LogFormat = "text",
  ) {
    this.#threshold = SEVERITY[threshold];
    this.#write = write;
    this.#format = format;
  }

  readonly error = this.#at("error");
  readonly warn = this.#at("warn");
  readonly info = this.#at("info");
  readonly debug = this.#at("debug");

  #at(level: Exclude<LogThreshold, "silent">): (message: string, fields?: LogFields) => void {
    return (message, fields = {}) => this.#log(level, message, fields);
  }

  #log(level: Exclude<LogThreshold, "silent">, message: string, fields: LogFields): void {
    if (SEVERITY[level] > this.#threshold) return;
    const time = new Date().toISOString();
    if (this.#format === "json") {
      this.#write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
      return;
    }
    const rest = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ` ${key}=${PLAIN.test(String(value)) ? value : JSON.stringify(String(value))}`)
      .join("");
    // A log line stays one line, whatever a child process printed into its message.
    this.#write(`${time} ${level.padEnd(5)} ${message.replace(/[\r\n]+/g, " | ")}${rest}\n`);
  }
}
