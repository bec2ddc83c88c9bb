import { afterAll, expect, test } from "bun:test";
import { GIF } from "./made-up-internet.ts";
import { respond, startTcpServer, startTlsServer } from "./tls-server.ts";

const proxy = await startTcpServer((socket) => socket.destroy());
const server = await startTlsServer((socket) => respond(socket, 200, [], GIF));
afterAll(() => Promise.all([proxy.stop(), server.stop()]));

async function fetchAlone(trust: "trusting" | "usual", env: Record<string, string>): Promise<unknown> {
  const command = [process.execPath, `${import.meta.dir}/fetch-alone.ts`, String(server.port), trust];
  const child = Bun.spawn(command, { env: { ...process.env, ...env }, stderr: "ignore" });
  return JSON.parse(await new Response(child.stdout).text());
}

test("a proxy of the environment, which would look up the host by itself, is not used", async () => {
  const names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  const settings = Object.fromEntries(names.map((name) => [name, `http://127.0.0.1:${proxy.port}`]));
  const env = { ...settings, NO_PROXY: "", no_proxy: "", NODE_USE_ENV_PROXY: "1" };
  expect(await fetchAlone("trusting", env)).toMatchObject({ mediaType: "image/gif" });
  expect(proxy.accepted()).toBe(0);
});

test("the environment cannot turn off that certificates are checked", async () => {
  server.received.splice(0);
  expect(await fetchAlone("usual", { NODE_TLS_REJECT_UNAUTHORIZED: "0" })).toMatch(/No connection .*CERT/);
  expect(server.received).toEqual([]);
});
