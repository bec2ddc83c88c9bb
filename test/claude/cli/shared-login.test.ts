import { expect, test } from "bun:test";
import { SharedLogin } from "../../../src/claude/cli/shared-login.ts";
import { until } from "../../support/wait.ts";

const ADDRESSES = {
  manualUrl: "https://claude.example/?state=st",
  automaticUrl: "https://claude.example/?state=st&automatic=1",
};

/** A CLI whose login a test goes through, and the login that everybody shares. */
function setUp({ canBegin = true, helps = true } = {}) {
  const world = { isWanted: true, opened: 0, ended: 0, codes: [] as string[], looked: 0 };
  let completion = Promise.withResolvers<void>();
  const login = new SharedLogin({
    isWanted: () => world.isWanted,
    open: () => {
      world.opened++;
      completion = Promise.withResolvers();
      const { promise } = completion;
      return {
        begin: async () => (canBegin ? ADDRESSES : undefined),
        completed: () => promise,
        submit: async ({ code, state }) => {
          world.codes.push(`${code} ${state}`);
          if (code === "good") return completion.resolve();
          completion.reject(new Error("Invalid code"));
          throw new Error("Invalid code");
        },
        [Symbol.asyncDispose]: async () => void world.ended++,
      };
    },
    command: () => "claude auth login",
    onLoggedIn: async () => {
      world.looked++;
      world.isWanted = !helps;
    },
  });
  return { world, login, browserReturns: () => completion.resolve() };
}

test("is offered where it would help, begun once whoever asks, and over once the browser is back", async () => {
  const { world, login, browserReturns } = setUp();
  expect(login.step()).toEqual({ type: "offered", failure: undefined });
  await Promise.all([login.begin(), login.begin()]);
  await login.begin();
  expect([world.opened, login.step()]).toEqual([1, { type: "open", ...ADDRESSES }]);
  browserReturns();
  await until(() => world.ended === 1, "its process is ended");
  expect([world.looked, login.step()]).toEqual([1, undefined]);
});

test("is not begun where there is a login that is taken", async () => {
  const { world, login } = setUp();
  world.isWanted = false;
  expect(login.step()).toBeUndefined();
  await expect(login.begin()).rejects.toThrow("There is nothing to log in for");
  expect(world.opened).toBe(0);
});

test("takes a code, says what is none, and tells in the CLI's words why one is not taken", async () => {
  const { world, login } = setUp();
  await expect(login.submit("good")).rejects.toThrow("No login waits for a code");
  await login.begin();
  await login.submit("no code");
  expect([world.codes, login.step()]).toEqual([
    [],
    { type: "open", ...ADDRESSES, failure: "what was pasted is no code" },
  ]);
  await login.submit("bad#other");
  expect([world.codes, world.ended, login.step()]).toEqual([
    ["bad other"],
    1,
    { type: "offered", failure: "Invalid code" },
  ]);
  await login.begin();
  expect(login.step()).toEqual({ type: "open", ...ADDRESSES });
  await login.submit(" good ");
  await until(() => world.ended === 2, "its process is ended");
  expect([world.codes.at(-1), login.step()]).toEqual(["good st", undefined]);
});

test("names the CLI's own command where that cannot be asked, and says so where a login did not help", async () => {
  const unable = setUp({ canBegin: false });
  await unable.login.begin();
  expect(unable.login.step()).toEqual({
    type: "offered",
    failure: "this Claude CLI does not let another program begin its login. Run `claude auth login`",
  });
  const vain = setUp({ helps: false });
  await vain.login.begin();
  await vain.login.submit("good");
  await until(() => vain.world.ended === 1, "its process is ended");
  expect(vain.login.step()).toEqual({ type: "offered", failure: "the CLI is not logged in afterwards" });
});

test("leaves no process when it is given up, or somebody has logged in elsewhere", async () => {
  const { world, login, browserReturns } = setUp();
  const beginning = login.begin();
  expect(login.step()).toEqual({ type: "beginning" });
  await login.cancel();
  await beginning;
  expect([world.ended, login.step()]).toEqual([1, { type: "offered", failure: undefined }]);
  browserReturns();
  await login.begin();
  world.isWanted = false;
  expect([login.step(), world.ended]).toEqual([undefined, 2]);
  await login.cancel();
  expect([world.ended, world.looked]).toEqual([2, 0]);
});
