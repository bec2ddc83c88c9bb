import { describe, expect, test } from "bun:test";
import { EventChannel } from "../../../src/claude/turn/answer-events.ts";

const iterate = <T>(channel: EventChannel<T>) => channel[Symbol.asyncIterator]();

/** Lets a reader get to where it waits. */
const settle = () => Bun.sleep(0);

describe("a reader of an event channel", () => {
  test("gets what was pushed before it came, in order, and then the end", async () => {
    const channel = new EventChannel<number>();
    for (const item of [1, 2, 3]) channel.push(item);
    channel.close();
    expect(await Array.fromAsync(channel)).toEqual([1, 2, 3]);
  });

  test("that waits gets the next item as soon as it is pushed", async () => {
    const channel = new EventChannel<string>();
    const next = iterate(channel).next();
    await settle();
    channel.push("a");
    expect(await next).toEqual({ done: false, value: "a" });
  });

  test("that waits is told of the end", async () => {
    const channel = new EventChannel<string>();
    const next = iterate(channel).next();
    await settle();
    channel.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test("gets what is pushed while it is busy with an earlier item", async () => {
    const channel = new EventChannel<number>();
    channel.push(0);
    const seen: number[] = [];
    for await (const item of channel) {
      seen.push(item);
      if (item < 5) channel.push(item + 1);
      else channel.close();
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("gets everything before the end, also what was pushed in the same moment as the close", async () => {
    const channel = new EventChannel<string>();
    const reader = iterate(channel);
    const first = reader.next();
    await settle();
    channel.push("a");
    channel.push("b");
    channel.close();
    expect([await first, await reader.next(), await reader.next()]).toEqual([
      { done: false, value: "a" },
      { done: false, value: "b" },
      { done: true, value: undefined },
    ]);
  });

  test("waits again after each item, however often", async () => {
    const channel = new EventChannel<number>();
    const reader = iterate(channel);
    for (let round = 0; round < 20; round++) {
      const next = reader.next();
      await settle();
      channel.push(round);
      expect((await next).value).toBe(round);
    }
  });

  test("gets the end at once from a channel that was closed empty", async () => {
    const channel = new EventChannel<string>();
    channel.close();
    channel.close();
    expect(await iterate(channel).next()).toEqual({ done: true, value: undefined });
  });
});
