import { field } from "./fields.ts";

const STORED = "claude-max-api-key";

/** The server refuses the key that the page has, or wants one and the page has none. */
export class KeyRefused extends Error {}

/** The server said no, in words for people. */
export class Refused extends Error {}

/** Asks the server that the page is from, with the key that is kept for this tab alone. */
export class Server {
  get key(): string | undefined {
    return sessionStorage.getItem(STORED) ?? undefined;
  }

  keepKey(key: string): void {
    sessionStorage.setItem(STORED, key);
  }

  forgetKey(): void {
    sessionStorage.removeItem(STORED);
  }

  /** Throws KeyRefused or Refused unless the status is a good one. */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has("accept")) headers.set("accept", "application/json");
    const { key } = this;
    if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
    const response = await fetch(path, { ...init, headers });
    if (response.ok) return response;
    const message = await messageIn(response);
    throw response.status === 401 && path.startsWith("/page/") ? new KeyRefused(message) : new Refused(message);
  }
}

async function messageIn(response: Response): Promise<string> {
  try {
    const body: unknown = await response.json();
    const message = field(field(body, "error"), "message");
    if (typeof message === "string") return message;
  } catch {
    // It is no JSON: the status tells all there is.
  }
  return `The server answered with status ${response.status}.`;
}

/** The data of server-sent events, each as it comes; comments are left out. */
export async function* eventsOf(response: Response): AsyncGenerator<string, void, void> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      text += read.value;
      const frames = text.split("\n\n");
      text = frames.pop() ?? "";
      for (const frame of frames) {
        const data = frame.split("\n").filter((line) => line.startsWith("data: "));
        if (data.length > 0) yield data.map((line) => line.slice("data: ".length)).join("\n");
      }
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}
