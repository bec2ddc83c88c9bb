import type { Owner } from "../api/clients.ts";
import type { ErrorCode } from "../core/error.ts";
import type { TurnRecord } from "../core/turn-record.ts";
import type { BodyShare } from "./body/body-room.ts";
import type { Target } from "./request-target.ts";

/** One request on its way through the server: what is known of it, for the checks, the response's headers and the log. */
export type Exchange = {
  readonly id: string;
  readonly startedAt: number;
  readonly method: string;
  /** As it was asked, without the query, which may carry secrets. */
  readonly path: string;
  /** Where it goes. */
  readonly target: Target;
  /** The address of its connection, where that is known. */
  readonly address: string | undefined;
  /** The foreign origin this request comes from and may read the answer of. */
  allowedOrigin?: string;
  /** Whether it carried a valid key, or none is needed. */
  trusted: boolean;
  /** What its body takes of the room for large ones. */
  bodyShare?: BodyShare;
  /** The name of the key that it carries, where keys have names. */
  keyName?: string | undefined;
  /** Whose stored responses it may have; undefined: those that have no owner. */
  owner?: Owner | undefined;
  /** What the model was asked for it. */
  readonly turns: TurnRecord[];
  /** Whether more requests are under way than there may be. */
  isTooMany?: boolean;
  /** To be called when it was answered. */
  onAnswered?: () => void;
  /** How many turns have begun for it whose outcome is not known yet. */
  openTurns: number;
  /** Called when that is none. */
  onTurnsOver?: () => void;
  /** How it failed, when it did. */
  error?: ErrorCode;
};
