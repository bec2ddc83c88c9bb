/** What `bun test` writes, a line at a time: shows what failed as it comes, and keeps what a summary tells. */
export class TestOutput {
  readonly #show: (line: string) => void;
  #file = "";
  #isFileShown = false;
  /** Bun repeats at the end what was skipped and what failed. */
  #isOver = false;
  readonly #took = new Map<string, number>();
  readonly #skipped: string[] = [];
  readonly #failed: string[] = [];
  #passes: number | undefined;
  #fails: number | undefined;

  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  /** Of each test that was skipped, its file and name. */
  get skipped(): readonly string[] {
    return this.#skipped;
  }

  /** Undefined where the run broke off. */
  get counts(): { readonly passed: number; readonly failed: number } | undefined {
    return this.#passes === undefined || this.#fails === undefined
      ? undefined
      : { passed: this.#passes, failed: this.#fails };
  }

  take(line: string): void {
    const file = /^(\S+\.test\.ts):$/.exec(line)?.[1];
    const [, outcome, name = "", ms = "0"] = /^\((pass|fail|skip|todo)\) (.*?)(?: \[([\d.]+)ms\])?$/s.exec(line) ?? [];
    const [, count, of] = /^\s*(\d+) (pass|fail)$/.exec(line) ?? [];
    this.#isOver ||= /^\d+ tests? (failed|skipped):$/.test(line) || count !== undefined;
    if (of === "pass") this.#passes = Number(count);
    if (of === "fail") this.#fails = Number(count);
    if (this.#isOver) return;
    if (file !== undefined) {
      this.#file = file;
      this.#isFileShown = false;
      return;
    }
    if (outcome !== undefined) this.#took.set(this.#file, (this.#took.get(this.#file) ?? 0) + Number(ms));
    // The hooks of a group that is skipped are told like tests.
    if (outcome === "skip" && !name.endsWith("(unnamed)")) this.#skipped.push(`${this.#file}: ${name}`);
    if (outcome === "fail") this.#failed.push(`${this.#file}: ${name}`);
    if (line === "" || line.startsWith("bun test v") || (outcome !== undefined && outcome !== "fail")) return;
    if (!this.#isFileShown && this.#file !== "") this.#show(`\n${this.#file}:`);
    this.#isFileShown = true;
    this.#show(line);
  }

  /** The slowest files, if any are wanted, by the time that their tests took; what was skipped; and what failed, again. */
  summary({ slowest }: { readonly slowest: number }): string[] {
    const slow = [...this.#took]
      .sort(([, a], [, b]) => b - a)
      .slice(0, slowest)
      .map(([file, ms]) => `slow   ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`);
    return [
      ...slow,
      ...this.#skipped.map((name) => `skipped ${name}`),
      ...this.#failed.map((name) => `failed  ${name}`),
    ];
  }
}
