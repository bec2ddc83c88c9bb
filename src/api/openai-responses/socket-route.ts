import { Elysia } from "elysia";
import { ApiError } from "../../core/error.ts";
import { asksForWebSocket, UpgradeResponse } from "../socket.ts";
import { MOST_UNSTORED_CHARACTERS } from "./connection-store.ts";
import { SharedBudget } from "./shared-budget.ts";
import { ResponsesSession, type SocketSessionOptions } from "./socket-session.ts";

/** GET /v1/responses: the same as POST, on a WebSocket. */
export function responsesSocketRoute(parts: Omit<SocketSessionOptions, "budget">) {
  const options = { ...parts, budget: new SharedBudget(MOST_UNSTORED_CHARACTERS) };
  return new Elysia({ name: "openai-responses-socket" }).get(
    "/v1/responses",
    ({ request }) => {
      if (asksForWebSocket(request)) return new UpgradeResponse((socket) => new ResponsesSession(socket, options));
      const instead = "Send a response's request with POST, or look at a stored one with GET /v1/responses/{id}";
      throw new ApiError("upgrade_required", `GET on this path opens a WebSocket. ${instead}.`);
    },
    {
      detail: {
        summary: "Open a WebSocket, on which response.create is answered by the events of a stream",
        tags: ["OpenAI"],
        responses: {
          "101": { description: "The WebSocket is open." },
          default: { $ref: "#/components/responses/Error" },
        },
      },
    },
  );
}
