import type { Surroundings } from "../command.ts";
import type { ClientFile } from "./client.ts";

/** What the flags ask for: to show, to write, or to undo. */
export type Mode = { readonly kind: "show" | "write" | "undo"; readonly dryRun: boolean; readonly yes: boolean };

/** What is done to a client's file, and with what. */
export type FileTask = {
  readonly name: string;
  readonly title: string;
  readonly file: ClientFile;
  readonly mode: Mode;
  readonly surroundings: Surroundings;
  /** The server's keys, which are not shown even where the file holds one. */
  readonly secrets: readonly string[];
};
