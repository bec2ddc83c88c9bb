import { Elysia } from "elysia";
import { ApiError } from "../../../core/error.ts";
import { asksForWebSocket, UpgradeResponse } from "../../answer/socket.ts";
import type { Clients } from "../../clients.ts";
import { SharedBudget } from "../store/memory-store.ts";
import { storeOf } from "../store/store.ts";
import { MOST_UNSTORED_CHARACTERS } from "./connection-store.ts";
import { ResponsesSession, type SocketSessionOptions } from "./session.ts";

const SPOKEN =
  'Each message is a JSON object: {"type": "response.create", …} with the fields of POST /v1/responses, and of its own `stream_id` ' +
  "(a text: requests of one name are answered one after the other, and their events carry it) and `generate` (false: the " +
  "model is not asked). `background` is refused. Each frame of the answer is an event as the stream of POST has it in its data; what is " +
  'wrong with a message is one of {"type": "error", "status", "error"}.';

export type SocketRouteOptions = Omit<SocketSessionOptions, "budget" | "asker"> & { readonly clients?: Clients };

/** GET /v1/responses: the same as POST, on a WebSocket. */
export function responsesSocketRoute({ clients, ...parts }: SocketRouteOptions) {
  const options = { ...parts, budget: new SharedBudget(MOST_UNSTORED_CHARACTERS) };
  return new Elysia({ name: "openai-responses-socket" }).get(
    "/v1/responses",
    ({ request }) => {
      const asker = clients?.of(request) ?? {};
      const session = { ...options, asker, store: storeOf(asker.owner, options.store) };
      if (asksForWebSocket(request)) return new UpgradeResponse((socket) => new ResponsesSession(socket, session));
      const instead = "Send a response's request with POST, or look at a stored one with GET /v1/responses/{id}";
      throw new ApiError("upgrade_required", `GET on this path opens a WebSocket. ${instead}.`);
    },
    {
      detail: {
        summary: "Open a WebSocket, on which response.create is answered by the events of a stream",
        description: SPOKEN,
        tags: ["OpenAI"],
        responses: {
          "101": { description: "The WebSocket is open." },
          default: { $ref: "#/components/responses/Error" },
        },
      },
    },
  );
}
