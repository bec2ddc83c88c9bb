import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

// A file of its own, since Bun keeps copies of those of 4 KB and more, in the home folder of who is tried: the scripted CLI is smaller.

/** What the scripted CLI notes in a folder, and finds there. */
export class Notes {
  constructor(private readonly folder: string) {}

  question(): void {
    try {
      appendFileSync(join(this.folder, "asked"), `${process.pid}\n`);
    } catch {
      // Nothing can be written: that is the case then.
    }
  }

  /** Whether no process of this case has struck before. */
  isFirst(): boolean {
    try {
      mkdirSync(join(this.folder, "struck"));
      return true;
    } catch {
      return false;
    }
  }

  has(name: string): boolean {
    return existsSync(join(this.folder, name));
  }
}
