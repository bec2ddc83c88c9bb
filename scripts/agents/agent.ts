import type { Step } from "./tools.ts";

/** Where an agent is, and whom it asks. */
export type Place = {
  /** The folder that npm installed it into. */
  readonly installed: string;
  /** Its home, and where it works. */
  readonly home: string;
  readonly work: string;
  /** The server, without a path and without a slash at the end. */
  readonly url: string;
  /** A Node.js that is new enough for all of them. */
  readonly node: string;
};

/** How an agent is connected. */
export type Connecting =
  /** `connect NAME --write --yes`. */
  | { readonly by: "write" }
  /** A command line in what `connect NAME` says, where the file is not ours to write. */
  | { readonly by: "advice"; readonly line: RegExp }
  /** The variables that `connect NAME` prints as commands for a shell. */
  | { readonly by: "variables" }
  /** What `connect NAME` prints, put into a file of the home. */
  | { readonly by: "snippet"; readonly path: string }
  /** Files in its home: a way that its makers tell of, and `connect` does not. */
  | { readonly by: "files"; readonly files: Readonly<Record<string, string>> }
  | { readonly by: "nothing" };

/** One of the ways in which an agent can speak to the server. */
export type Wire = {
  readonly name: string;
  readonly connecting: (place: Place) => Connecting;
  /** Beside those that `connect` tells. */
  readonly env?: (place: Place) => Readonly<Record<string, string>>;
  /** What else the model does in the first task. */
  readonly more?: readonly (readonly Step[])[];
};

type Task = {
  readonly prompt: string;
  /** Whether it goes on with its last conversation. */
  readonly again: boolean;
};

/** A program of somebody else's that works by itself: it asks the model, runs what that wants, and asks again. */
export type Agent = {
  /** As `connect` knows it. */
  readonly name: string;
  /** What npm installs. Without a version it may choose an older one that fits the Node.js at hand. */
  readonly packages: readonly string[];
  readonly wires: readonly Wire[];
  /** The command line that gives it a task. */
  readonly command: (place: Place, task: Task) => readonly string[];
  /** Why it cannot go on with a conversation when it is started again. */
  readonly asksOnce?: string;
  /** What it tells otherwise when it is started again, so that its next question belongs to no conversation that was served. */
  readonly tellsAnew?: string;
  /** Whether it shows the model images that it reads. */
  readonly showsImages?: true;
  /** What its tool for agents of its own takes beside a prompt; the model then has one do a part of the task. */
  readonly delegating?: Readonly<Record<string, string | boolean>>;
  /** Switches for what it would ask elsewhere: updates, statistics, lists of models. */
  readonly env: Readonly<Record<string, string>>;
};

/** What the server takes as a key, and the model that agents are told to use. */
export const KEY = "any-key-works";
export const MODEL = "claude-sonnet-4";
