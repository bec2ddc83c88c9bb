import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";

/** A request of an agent's, and how the server answered; for a WebSocket, each message of either side is one. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  /** What the server says that it left out or bent. */
  readonly ignored: string | undefined;
  /** The start of the answer, where it is an error. */
  readonly error: string | undefined;
};

export type Recorder = AsyncDisposable & {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
};

type Socket = { readonly path: string; readonly headers: Headers; upstream?: WebSocket; readonly early: string[] };

const LONGEST_ERROR = 2_000;

/** Stands between an agent and the server, passes everything on as it is, and writes down what the agent sends. */
export function startRecorder(server: string): Recorder {
  const exchanges: Exchange[] = [];
  const note = (exchange: Exchange) => void exchanges.push(exchange);
  const recorder = Bun.serve<Socket>({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    maxRequestBodySize: 256 * 1024 * 1024,
    fetch: async (request, self) => {
      const { pathname, search } = new URL(request.url);
      const path = pathname + search;
      if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
        const data = { path, headers: request.headers, early: [] };
        return self.upgrade(request, { data }) ? undefined : new Response(null, { status: 400 });
      }
      return await passOn(server, path, request, note);
    },
    websocket: {
      maxPayloadLength: 256 * 1024 * 1024,
      open: (socket) => {
        const { path, headers, early } = socket.data;
        const upstream = new WebSocket(`${server.replace("http", "ws")}${path}`, { headers: ownHeaders(headers) });
        socket.data.upstream = upstream;
        upstream.onopen = () => {
          for (const message of early.splice(0)) upstream.send(message);
        };
        upstream.onmessage = ({ data }) => {
          const text = String(data);
          const failed = /"type":"(error|response\.failed|response\.incomplete)"/.test(text.slice(0, 200));
          if (failed) note({ ...socketExchange(path, headers, ""), error: text.slice(0, LONGEST_ERROR) });
          socket.send(text);
        };
        upstream.onclose = ({ code, reason }) => socket.close(code === 1006 ? 1011 : code, reason);
        upstream.onerror = () =>
          note({ ...socketExchange(path, headers, ""), error: "the server refused the WebSocket" });
      },
      message: (socket, message) => {
        const { upstream, early, path, headers } = socket.data;
        const text = String(message);
        note(socketExchange(path, headers, text));
        if (upstream?.readyState === WebSocket.OPEN) upstream.send(text);
        else early.push(text);
      },
      close: (socket) => socket.data.upstream?.close(),
    },
  });
  return {
    url: `http://127.0.0.1:${recorder.port}`,
    exchanges,
    [Symbol.asyncDispose]: () => recorder.stop(true),
  };
}

/** Writes each request into a file of its own. */
export function writeExchanges(folder: string, exchanges: readonly Exchange[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [index, exchange] of exchanges.entries()) {
    const name = `${String(index).padStart(3, "0")}${exchange.path.split("?")[0]?.replaceAll("/", "-")}.json`;
    writeFileSync(join(folder, name), JSON.stringify({ ...exchange, body: readable(exchange.body) }, null, 1));
  }
}

async function passOn(
  server: string,
  path: string,
  request: Request,
  note: (exchange: Exchange) => void,
): Promise<Response> {
  const bytes = Buffer.from(await request.arrayBuffer());
  const response = await fetch(server + path, {
    method: request.method,
    headers: ownHeaders(request.headers),
    ...(bytes.length > 0 ? { body: bytes } : {}),
    redirect: "manual",
    decompress: false,
    signal: request.signal,
  });
  const [forAgent, forUs] = response.ok ? [response.body, undefined] : (response.body?.tee() ?? [null, undefined]);
  note({
    method: request.method,
    path,
    headers: request.headers.toJSON(),
    body: decoded(bytes, request.headers.get("content-encoding")),
    status: response.status,
    ignored: response.headers.get("x-claude-max-api-ignored") ?? undefined,
    error: forUs ? (await new Response(forUs).text()).slice(0, LONGEST_ERROR) : undefined,
  });
  return new Response(forAgent, response);
}

function socketExchange(path: string, headers: Headers, body: string): Exchange {
  return {
    method: "WebSocket",
    path,
    headers: headers.toJSON(),
    body,
    status: 101,
    ignored: undefined,
    error: undefined,
  };
}

/** Without those that belong to the connection. */
function ownHeaders(headers: Headers): Record<string, string> {
  const dropped = /^(host|connection|content-length|transfer-encoding|upgrade|sec-websocket-.*)$/;
  return Object.fromEntries([...headers].filter(([name]) => !dropped.test(name)));
}

function decoded(bytes: Buffer, encoding: string | null): string {
  const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    gzip: gunzipSync,
    deflate: inflateSync,
    br: brotliDecompressSync,
    zstd: zstdDecompressSync,
  };
  return (decoders[encoding ?? ""]?.(bytes) ?? bytes).toString();
}

function readable(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
