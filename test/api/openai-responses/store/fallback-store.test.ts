import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FallbackStore, openResponseStore } from "../../../../src/api/openai-responses/store/fallback-store.ts";
import { MemoryResponseStore } from "../../../../src/api/openai-responses/store/memory-store.ts";
import { makePrivate } from "../../../../src/observability/private-file.ts";
import { FINISH, HELLO, play, START } from "../../playing.ts";
import { namedEvents, serve, stopServers } from "../responses-server.ts";
import { stored } from "./stored.ts";

afterAll(stopServers);

/** A disk that is full while a test says so. */
function disk() {
  const state = { isFull: true, tries: 0, now: 0 };
  const failures: unknown[] = [];
  const kept = new MemoryResponseStore();
  const attempt = <Result>(work: () => Result): Result => {
    state.tries++;
    if (state.isFull) throw new Error("database or disk is full");
    return work();
  };
  const store = new FallbackStore(
    {
      put: (response) => attempt(() => kept.put(response)),
      get: (id) => attempt(() => kept.get(id)),
      delete: (id) => attempt(() => kept.delete(id)),
      findItem: (id, key) => attempt(() => kept.findItem(id, key)),
    },
    (reason) => failures.push(reason),
    () => state.now,
  );
  return { state, failures, kept, store };
}

describe("a response that cannot be stored", () => {
  test("says so, in one piece and as a stream, and can be gone on after", async () => {
    const { store } = disk();
    const { post, ask, asked } = serve(play(START, ...HELLO, FINISH), { store });
    const first = (await (await post({ input: "one" })).json()) as { id: string };
    expect(first).toMatchObject({ status: "completed", store: false });
    const end = namedEvents(await (await post({ input: "two", stream: true })).text()).at(-1);
    expect(end).toMatchObject({ type: "response.completed", response: { store: false } });
    expect(await (await ask(`/${first.id}`)).json()).toMatchObject({ id: first.id, store: false });
    const second = await post({ input: "three", previous_response_id: first.id });
    expect(second.status).toBe(200);
    expect(asked.at(-1)?.request.turns).toHaveLength(3);
  });

  test("is stored again once the disk takes it, which is tried now and then, and each outage is told once", () => {
    const { state, failures, kept, store } = disk();
    expect([store.put(stored("a")), store.put(stored("b"))]).toEqual([false, false]);
    expect([state.tries, failures.length]).toEqual([1, 1]);
    state.isFull = false;
    state.now = 10_000;
    expect([store.put(stored("a")), store.put(stored("c"))]).toEqual([true, true]);
    expect(["a", "b", "c"].map((id) => store.get(id)?.response.store)).toEqual([undefined, false, undefined]);
    expect(kept.get("b")).toBeUndefined();
    expect([store.delete("a"), store.delete("b"), store.delete("b")]).toEqual([true, true, false]);
    state.isFull = true;
    expect(() => store.delete("c")).toThrow("may still be stored");
    state.now = 20_000;
    expect(store.put(stored("d"))).toBe(false);
    expect(failures).toHaveLength(2);
  });
});

test("another server that writes is waited for, and one that never ends is not for long", () => {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-lock-"));
  const path = join(folder, "responses.sqlite");
  const opened = openResponseStore({ path });
  const other = new Database(path);
  try {
    other.run("BEGIN IMMEDIATE");
    const startedAt = performance.now();
    expect(opened.store.put(stored("a"))).toBe(false);
    expect(performance.now() - startedAt).toBeGreaterThan(400);
    other.run("COMMIT");
    expect(opened.store.get("a")?.response.store).toBe(false);
  } finally {
    other.close();
    opened.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe.skipIf(process.platform === "win32")("what is no file, where the store should be,", () => {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-kinds-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  mkdirSync(join(folder, "folder"));
  symlinkSync("loop", join(folder, "loop"));
  symlinkSync("/dev/zero", join(folder, "device"));
  test.each([
    ["pipe", `${pipe} is a named pipe, where a file should be`],
    ["folder", "is a folder, where a file should be"],
    ["device", "is a device, where a file should be"],
    ["loop", "too many symbolic links"],
  ])("is told, and waited for by nobody: %s", (name, message) => {
    const failures: unknown[] = [];
    const opened = openResponseStore({
      path: join(folder, name),
      makePrivate,
      onFailure: (reason) => failures.push(reason),
    });
    expect(String(failures[0])).toContain(message);
    expect(opened.store.put(stored("a"))).toBe(false);
    expect(opened.store.get("a")?.response.store).toBe(false);
    opened.close();
  });
});
