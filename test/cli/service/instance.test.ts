import { expect, test } from "bun:test";
import { madeUpMachine, somePort } from "./made-up-machine.ts";

/** What the steps of a plan name, sorted, once each. */
async function namesOf(platform: "darwin" | "linux" | "win32", ...words: string[]): Promise<string> {
  const { service } = madeUpMachine(platform);
  const { port } = await somePort();
  const { code, stdout, stderr } = await service("install", "--dry-run", "--port", port, ...words);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout
    .split("\n")
    .filter((line) => /^ {2}\w/.test(line))
    .join("\n");
}

test.each([
  ["linux", "systemd/user/claude-max-api-work.service", "restart claude-max-api-work.service"],
  ["darwin", "LaunchAgents/com.claude-max-api.work.plist", "bootout gui/501/com.claude-max-api.work\n"],
  ["win32", "service-work.xml", "/Run /TN 'claude-max-api-jane@work'"],
] as const)("on %s a named service has files, logs and a place of its own", async (platform, file, place) => {
  const named = await namesOf(platform, "--name", "work");
  expect(named).toContain(file);
  expect(`${named}\n`).toContain(place);
  const usual = (await namesOf(platform)).split("\n");
  const shared = named.split("\n").filter((line) => usual.includes(line) && !/daemon-reload|wait/.test(line));
  expect(shared).toEqual([]);
});

test("it reads variables of its own, and what is started knows its name", async () => {
  const { port } = await somePort();
  const install = (platform: "darwin" | "linux") =>
    madeUpMachine(platform).service("install", "--dry-run", "--port", port, "--name", "work");
  expect((await install("linux")).stdout).toContain("/.config/claude-max-api/service-work.env");
  expect((await install("darwin")).stdout).toContain("<string>--name=work</string>");
});

test("advice names it, and a name that could not be a file's is refused", async () => {
  const { service } = madeUpMachine("linux");
  expect((await service("start", "--name", "work")).stderr).toContain("service install --name work\n");
  expect(await service("start", "--name", "../x")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--name must be up to 30 small letters, digits and dashes"),
  });
});
