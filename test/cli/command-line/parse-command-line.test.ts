import { describe, expect, test } from "bun:test";
import { UsageError } from "../../../src/cli/command.ts";
import { parseCommandLine } from "../../../src/cli/command-line/parse-command-line.ts";
import { serveCommand } from "../../../src/cli/serve/command.ts";
import { ConfigError } from "../../../src/config/errors.ts";
import { ALL_OPTIONS } from "../../../src/config/options.ts";

function flagsOf(...argv: string[]) {
  const parsed = parseCommandLine(argv);
  if (parsed.kind !== "run") throw new Error(`parsed as ${parsed.kind}`);
  return parsed.flags;
}

function refusalOf(...argv: string[]): string {
  try {
    parseCommandLine(argv);
  } catch (error) {
    if (error instanceof UsageError && error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the command line was accepted");
}

const READ = ALL_OPTIONS.filter(({ env }) => env !== undefined);
const VALUED = READ.filter(({ kind }) => kind.takes !== "none");
const SWITCHES = READ.filter(({ kind }) => kind.takes === "none");

describe("serve", () => {
  test("is what an empty command line asks for", () => {
    expect(parseCommandLine([])).toMatchObject({ kind: "run", run: serveCommand.run, flags: {}, operands: [] });
  });
  test("may be named or left out", () => {
    expect(parseCommandLine(["serve", "--port", "1"])).toEqual(parseCommandLine(["--port", "1"]));
  });
});

describe.each(VALUED)("--$flag", ({ flag }) => {
  test("takes the next word or what follows the equals sign", () => {
    expect(flagsOf(`--${flag}`, "a value")).toEqual({ [flag]: ["a value"] });
    expect(flagsOf(`--${flag}=a value`)).toEqual({ [flag]: ["a value"] });
  });
  test("keeps equals signs, dashes and line ends of its value", () => {
    expect(flagsOf(`--${flag}=-a=b\n--no-x`)).toEqual({ [flag]: ["-a=b\n--no-x"] });
    expect(flagsOf(`--${flag}=--no-demo`)).toEqual({ [flag]: ["--no-demo"] });
  });
  test("is refused without a value; the message says what is accepted", () => {
    for (const argv of [[`--${flag}`], [`--${flag}=`], [`--${flag}`, ""], [`--${flag}`, "--demo"]]) {
      expect(refusalOf(...argv)).toStartWith(`--${flag} needs a value: `);
    }
  });
  test("has no negative form", () => {
    expect(refusalOf(`--no-${flag}`)).toStartWith(`unknown option --no-${flag}.`);
  });
});

describe.each(SWITCHES)("--$flag", ({ flag }) => {
  test("is on, --no- is off", () => {
    expect(flagsOf(`--${flag}`)).toEqual({ [flag]: ["true"] });
    expect(flagsOf(`--no-${flag}`)).toEqual({ [flag]: ["false"] });
  });
  test.each(["true", "false", ""])("takes no value: =%s", (value) => {
    expect(refusalOf(`--${flag}=${value}`)).toBe(`--${flag} takes no value: write --${flag} or --no-${flag}.`);
    expect(refusalOf(`--no-${flag}=${value}`)).toStartWith(`--${flag} takes no value`);
  });
  test("does not take the next word for its value", () => {
    expect(refusalOf(`--${flag}`, "true")).toBe('unexpected argument "true".');
  });
  test("is refused a second time, also in its negative form", () => {
    expect(refusalOf(`--${flag}`, `--no-${flag}`)).toBe(`--${flag} is given twice; it can be given once.`);
  });
});

describe.each(VALUED.filter(({ kind }) => kind.takes === "many"))("--$flag", ({ flag }) => {
  test("may be repeated, in order", () => {
    expect(flagsOf(`--${flag}`, "b", "--demo", `--${flag}=a`)).toEqual({ [flag]: ["b", "a"], demo: ["true"] });
  });
});

describe.each(VALUED.filter(({ kind }) => kind.takes === "one"))("--$flag", ({ flag }) => {
  test("is refused a second time", () => {
    expect(refusalOf(`--${flag}=a`, `--${flag}`, "a")).toBe(`--${flag} is given twice; it can be given once.`);
  });
});

describe("an unknown option", () => {
  test("is refused by name, without its value, with the nearest known one", () => {
    expect(refusalOf("--prot", "3456")).toBe("unknown option --prot. Did you mean --port?");
    expect(refusalOf("--apikey=secret-secret")).toBe("unknown option --apikey. Did you mean --api-key?");
    expect(refusalOf("--logLevel", "debug")).toBe("unknown option --logLevel. Did you mean --log-level?");
    expect(refusalOf("--frobnicate")).toBe("unknown option --frobnicate.");
    expect(refusalOf("-p", "3456")).toBe("unknown option -p.");
    expect(refusalOf("-vh")).toStartWith("unknown option -vh.");
  });
  test.each(["--constructor", "--__proto__", "--_", "---port"])(
    "may have a name that means something in JavaScript: %p",
    (flag) => {
      expect(refusalOf(flag)).toStartWith(`unknown option ${flag}.`);
    },
  );
});

describe("a value that begins with a dash", () => {
  test("is asked for in the form with an equals sign", () => {
    expect(refusalOf("--claude-path", "-odd")).toContain("--claude-path=VALUE");
  });
  test("is passed on when it is a number, for the option to judge", () => {
    expect(flagsOf("--port", "-1")).toEqual({ port: ["-1"] });
  });
});

describe("a word without a flag", () => {
  test("is the port when it is a number, as in the older package of this name", () => {
    expect(flagsOf("3456")).toEqual({ port: ["3456"] });
    expect(flagsOf("serve", "3456")).toEqual({ port: ["3456"] });
    expect(flagsOf("--demo", "3456")).toEqual({ demo: ["true"], port: ["3456"] });
    expect(flagsOf("--", "3456")).toEqual({ port: ["3456"] });
  });
  test("is refused as a second port", () => {
    expect(refusalOf("3456", "--port", "3456")).toBe("the port is given twice: 3456 and --port.");
    expect(refusalOf("3456", "3457")).toStartWith("the port is given twice");
  });
  test("is refused as an unknown command in the first place, with the nearest one", () => {
    expect(refusalOf("srve")).toBe('unknown command "srve". Did you mean serve?');
    expect(refusalOf("constructor")).toBe('unknown command "constructor".');
  });
  test("is refused anywhere else", () => {
    expect(refusalOf("--demo", "serve")).toBe('unexpected argument "serve".');
    expect(refusalOf("serve", "--", "--demo")).toBe('unexpected argument "--demo".');
    expect(refusalOf("12ab")).toBe('unexpected argument "12ab".');
    expect(refusalOf("")).toBe('unexpected argument "".');
  });
});

describe("--help and --version", () => {
  test.each(["--help", "-h", "serve --help", "--prot -h", "--version --help", "srve -h"])(
    "help is given whatever else is wrong: %s",
    (line) => expect(parseCommandLine(line.split(" ")).kind).toBe("help"),
  );
  test.each(["--version", "-v"])("%s asks for the version", (flag) => {
    expect(parseCommandLine([flag])).toEqual({ kind: "version" });
    expect(parseCommandLine(["serve", flag])).toEqual({ kind: "version" });
  });
});

describe("help", () => {
  test("as a command is the same as --help", () => {
    expect(parseCommandLine(["help"])).toEqual({ kind: "help", path: [] });
    expect(parseCommandLine(["help", "serve"])).toEqual(parseCommandLine(["serve", "--help"]));
  });
  test("on a command that there is not is refused, with the nearest one", () => {
    expect(refusalOf("help", "srve")).toBe('unknown command "srve". Did you mean serve?');
  });
});

describe("words that other programs have", () => {
  test("version works", () => expect(parseCommandLine(["version"])).toEqual({ kind: "version" }));
  test.each([
    ["logs", "service logs"],
    ["chat", "ask"],
    ["upgrade", "update"],
    ["stop", "service stop (a server in a terminal ends with Ctrl-C)"],
  ])("%s names what is meant", (word, meant) => {
    expect(refusalOf(word)).toBe(`unknown command "${word}". Did you mean ${meant}?`);
  });
});
