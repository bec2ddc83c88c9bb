import type { Backend } from "../core/backend.ts";
import type { FetchImage } from "../media/fetch-image.ts";
import type { Clients } from "./clients.ts";

/** What each dialect's routes get. */
export type DialectOptions = {
  readonly backend: Backend;
  /** Whether fields without effect are refused. Default false. */
  readonly strict?: boolean;
  /** Whether the model may search the web where that is asked for. Default true. */
  readonly webSearch?: boolean;
  /** Asked where a request names no model. */
  readonly defaultModel?: string;
  /** Gets the images that requests name by https URL; undefined when the user turned that off. */
  readonly fetchImage?: FetchImage | undefined;
  readonly clients?: Clients;
  /** What a silence in a stream is bridged after. */
  readonly heartbeatMs?: number;
  /** How long a stream waits for its first event before it commits to status 200. */
  readonly commitAfterMs?: number;
};
