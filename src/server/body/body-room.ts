import { ApiError } from "../../core/error.ts";
import { nextTurn } from "../../core/pace.ts";
import { MAX_SMALL_BODIES_BYTES } from "../limits.ts";

/** Bodies of this size or less come and go at once, and take no room, as long as not too many come at once. */
export const SMALL_BODY_BYTES = 1024 * 1024;

/** How many may wait for room. What they send waits with their clients meanwhile, so that they cost nothing. */
const MOST_WAITING = 64;

type Waiting = { readonly bytes: number; readonly enter: () => void };

/**
 * The room for large bodies, from before they are read until they are answered: what they come to stays in memory so long. The first to
 * come is the first to be read. One is decoded at a time: so others wait for a part of one, and not of each.
 */
export class BodyRoom {
  readonly #capacity: number;
  readonly #smallCapacity: number;
  #taken = 0;
  /** What has come of bodies that are on their way and took no room so far. */
  #small = 0;
  readonly #waiting: Waiting[] = [];
  #decoding: Promise<unknown> = Promise.resolve();

  constructor(capacity: number, smallCapacity = MAX_SMALL_BODIES_BYTES) {
    this.#capacity = capacity;
    this.#smallCapacity = smallCapacity;
  }

  /** How much of it is taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Notes that more, or less, has come of small bodies. Returns whether these are too much now. */
  noteSmall(bytes: number): boolean {
    this.#small += bytes;
    return this.#small > this.#smallCapacity;
  }

  /** A request's part of it, which has nothing yet. */
  part(): BodyShare {
    return new BodyShare(this);
  }

  /** Resolves once there is room for so many bytes; more than all is as much as all. Rejects once the signal aborts. */
  async take(bytes: number, signal: AbortSignal): Promise<number> {
    if (signal.aborted) throw hasLeft();
    const wanted = Math.min(bytes, this.#capacity);
    if (this.#waiting.length > 0 || this.#taken + wanted > this.#capacity) await this.#wait(wanted, signal);
    else this.#taken += wanted;
    return wanted;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
    for (let next = this.#waiting[0]; next && this.#taken + next.bytes <= this.#capacity; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#taken += next.bytes;
      next.enter();
    }
  }

  /** Does the work when that of all who came before is done. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#decoding.then(work);
    // Without what it brought: that would be kept until the next one.
    this.#decoding = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) {
      const message = `${MOST_WAITING} large requests are waiting for others to be answered. Try again in a moment.`;
      throw new ApiError("queue_full", message, { retryAfterSeconds: 5 });
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        // Who stood behind it may need less.
        this.giveBack(0);
        reject(hasLeft());
      };
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const waiting = { bytes, enter };
      this.#waiting.push(waiting);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}

/** What one request has of the room. */
export class BodyShare {
  readonly #room: BodyRoom;
  #has = 0;
  #small = 0;
  #isOver = false;

  constructor(room: BodyRoom) {
    this.#room = room;
  }

  /** Notes what has come of the body. Returns whether it has to take room now. */
  grow(bytes: number): boolean {
    this.#small += bytes;
    return this.#room.noteSmall(bytes) || this.#small > SMALL_BODY_BYTES;
  }

  /** To be asked once, when it shows that the body needs it: how large it may get. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    this.cameWhole();
    const taken = await this.#room.take(bytes, signal);
    this.#has = taken;
    if (this.#isOver) this.#shrinkTo(0);
  }

  /** To be told when the body is there: it is no longer one on its way. */
  cameWhole(): void {
    this.#room.noteSmall(-this.#small);
    this.#small = 0;
  }

  /** Decodes what was read, which is so large after all. */
  decode<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    this.#shrinkTo(bytes);
    return this.#room.alone(work);
  }

  /** Lets others have their turn between what is done with a large body. */
  async giveWay(): Promise<void> {
    if (this.#has > 0) await nextTurn();
  }

  /** To be told when the request was answered. */
  end(): void {
    this.#isOver = true;
    this.cameWhole();
    this.#shrinkTo(0);
  }

  #shrinkTo(bytes: number): void {
    const spare = Math.max(0, this.#has - bytes);
    this.#has -= spare;
    if (spare > 0) this.#room.giveBack(spare);
  }
}

function hasLeft(): ApiError {
  return new ApiError("client_closed", "The client left before its request was read.");
}
