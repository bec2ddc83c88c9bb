import { heapStats } from "bun:jsc";
import { BodyRoom } from "../../../src/server/body/body-room.ts";
import { readJsonBody } from "../../../src/server/body/read-body.ts";
import { MAX_BODIES_BYTES } from "../../../src/server/limits.ts";

// A program of its own, whose heap is small: to look through that of a test worker takes seconds. Reads a large body, and prints what it
// read of it, and whether its objects are gone.

const OBJECTS = 200_000;
const objects = () => {
  Bun.gc(true);
  return heapStats().objectTypeCounts.Object ?? 0;
};
const room = new BodyRoom(MAX_BODIES_BYTES);
const body = JSON.stringify({ list: Array.from({ length: OBJECTS }, (_, n) => ({ n })) });
const before = objects();
const request = new Request("http://localhost/", { method: "POST", body });
const read = async () => Object.keys(Object(await readJsonBody(request, room.part())));
const keys = await read();
const end = Date.now() + 30_000;
let left = objects();
while (left > before + OBJECTS / 2 && Date.now() < end) {
  await Bun.sleep(10);
  left = objects();
}
console.log(JSON.stringify({ read: keys, areGone: left <= before + OBJECTS / 2 }));
