import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { CERTIFICATE, KEY } from "./certificate.ts";

type Received = {
  /** The name that TLS was asked for; false for none. */
  readonly servername: string | false | null;
  /** The request's head, as it came. */
  readonly head: string;
};

export type LoopbackServer = {
  readonly port: number;
  readonly received: Received[];
  /** TCP connections ever accepted. */
  readonly accepted: () => number;
  readonly open: () => number;
  readonly stop: () => Promise<void>;
};

/** Answers each request with bytes as the test likes, right or wrong, over TLS on loopback. */
export async function startTlsServer(
  answer: (socket: TLSSocket, head: string) => void,
  address = "127.0.0.1",
): Promise<LoopbackServer> {
  const received: Received[] = [];
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      const head = data.toString("latin1");
      received.push({ servername: socket.servername, head });
      answer(socket, head);
    });
  });
  server.on("tlsClientError", () => {});
  return { received, ...(await listen(server, address)) };
}

/** Accepts connections and says nothing, or what `greet` says. */
export async function startTcpServer(greet: (socket: Socket) => void = () => {}): Promise<LoopbackServer> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {}).resume();
    greet(socket);
  });
  return { received: [], ...(await listen(server, "127.0.0.1")) };
}

async function listen(server: Server, address: string) {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on("connection", (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, address);
  await once(server, "listening");
  return {
    port: portOf(server.address()),
    accepted: () => accepted,
    open: () => sockets.size,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return address.port;
}

/** Ends the connection after the answer. Header lines without their line ends. */
export function respond(
  socket: Socket,
  status: number,
  headers: readonly string[],
  body: Uint8Array | string = "",
): void {
  socket.write(["HTTP/1.1 ", `${status} x\r\n`, ...headers.map((line) => `${line}\r\n`), "\r\n"].join(""));
  socket.end(body);
}

/** Writes `head`, and then `more` for as long as the other side reads. */
export function writeForever(socket: Socket, head: string, more: string): void {
  const chunk = more.repeat(10_000);
  const write = () => {
    if (socket.destroyed) return;
    while (socket.write(chunk));
    socket.once("drain", write);
  };
  socket.resume().write(head);
  write();
}

/** Writes `head`, and then `more`, bit by bit, until the other side leaves. */
export function drip(socket: Socket, head: string, more: string): void {
  socket.resume().write(head);
  const timer = setInterval(() => socket.write(more), 5);
  socket.on("close", () => clearInterval(timer));
}
