import { existsSync } from "node:fs";
import { join } from "node:path";
import { type UsageQuery, type UsageReport, usageReport } from "../core/usage.ts";
import { UsageLog } from "./usage-log.ts";

/** The file in the folder for the program's state. */
export function usageFile(stateDirectory: string): string {
  return join(stateDirectory, "usage.sqlite");
}

/** What a server wrote down, for when none runs; undefined: none has. Throws where the file cannot be read. */
export function usageOnDisk(path: string, query: UsageQuery): UsageReport | undefined {
  if (!existsSync(path)) return undefined;
  const figures = new UsageLog({
    path,
    onFailure(reason) {
      throw reason;
    },
  });
  try {
    return usageReport({ figures }, query, Date.now());
  } finally {
    figures.close();
  }
}
