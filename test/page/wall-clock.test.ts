import { expect, test } from "bun:test";
import { periodOf } from "../../src/page/snapshot.ts";
import { momentText } from "../../src/page/wall-clock.ts";
import { UsageLog } from "../../src/usage/usage-log.ts";
import { turnRecord } from "../support/turn-records.ts";

const NOW = Date.UTC(2030, 0, 31, 12);
const HOUR = 3_600_000;

test.each([
  ["of today by the hour", NOW - HOUR, 0, "11:00"],
  ["by the reader's clock", NOW - HOUR, 345, "16:45"],
  ["of the reader's yesterday by its day, too", NOW - HOUR, 840, "01:00"],
  ["of a day that is yesterday there alone", NOW - 3 * HOUR, 840, "Thu 23:00"],
  ["of long ago by its date", NOW - 300 * HOUR, -60, "18 Jan 23:00"],
])("a moment is told: %s", (_, at, minutesEast, text) => {
  expect(momentText(at, NOW, () => minutesEast)).toBe(text);
});

test("each moment is told by what clocks show then, also beyond a change to summer time", () => {
  const change = Date.UTC(2030, 2, 31, 1);
  const berlin = (at: number) => (at < change ? 60 : 120);
  expect(momentText(change + HOUR, change - HOUR, berlin)).toBe("04:00");
});

test.each([
  [0, "11:00 to 11:59", ["30 Jan", "31 Jan"]],
  [345, "16:00 to 16:59", ["30 Jan", "31 Jan"]],
  [-720, "23:00 to 23:59", ["29 Jan", "30 Jan"]],
])("days and hours of what was used are those of a reader %d minutes east", (minutesEast, hour, days) => {
  const now = NOW - HOUR / 2;
  const figures = new UsageLog({ onFailure: () => {}, now: () => now });
  for (const at of [NOW - HOUR / 1.2, NOW - 25 * HOUR]) figures.add(turnRecord({ at }));
  const used = (of: number) =>
    periodOf(figures, of, now, minutesEast).slots.flatMap(({ title, total }) => (total ? [title] : []));
  expect(used(1)).toEqual([hour]);
  expect(used(7).map((title) => title.replace(/^\w+ /, ""))).toEqual(days);
  figures.close();
});
