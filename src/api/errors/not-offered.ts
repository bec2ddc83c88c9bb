import { ApiError } from "../../core/error.ts";

/** A part of OpenAI's API, Anthropic's or another's that this server does not have. */
type NotOffered = {
  /** Its paths are these and what is below them. `*` is one segment. With a method before it, that alone is not offered. */
  readonly paths: readonly string[];
  /** What is not done here, to follow "This server". */
  readonly does: string;
  /** What would do it, as a sentence. */
  readonly instead: string;
};

const CHAT = "POST /v1/chat/completions";

const NOT_OFFERED: readonly NotOffered[] = [
  {
    paths: ["/v1/embeddings", "/v1/engines/*/embeddings", "/api/embed", "/api/embeddings", "/v1/rerank", "/v2/rerank"],
    does: "makes no embeddings and ranks no texts: Anthropic's models do not",
    instead: "Set a separate embeddings provider in your program, such as Ollama on this machine, or OpenAI.",
  },
  {
    paths: ["/v1/images", "/v1/videos"],
    does: "makes no images or videos: Claude answers in text",
    instead:
      "Claude sees images that are sent in a chat message; to make some, set a separate provider in your program.",
  },
  {
    paths: ["/v1/audio", "/v1/realtime", "/v1/live"],
    does: "neither hears nor speaks: Claude reads and writes text",
    instead: "Set a separate provider for speech in your program, such as a local Whisper server.",
  },
  {
    paths: ["/v1/moderations", "/v1/content_provenance_checks", "/v1/decisions"],
    does: "judges no texts: Claude Code has no classifier, and an invented verdict would be worse than none",
    instead: "Turn moderation off in your program, or set a separate provider for it.",
  },
  {
    paths: ["/v1/files", "/v1/uploads"],
    does: "stores no files",
    instead: "Send them within the message: as image_url, as file with file_data, or as an image or document block.",
  },
  {
    paths: ["/v1/vector_stores", "/v1/containers", "/v1/search", "/v1/filestore"],
    does: "stores no files and searches none",
    instead: "Search in your own program, and send what was found within the message.",
  },
  {
    paths: ["/v1/assistants", "/v1/threads", "/v1/chatkit"],
    does: "keeps no assistants and threads",
    instead: `Send the conversation to ${CHAT}, with the functions that the model may call.`,
  },
  {
    paths: ["/v1/conversations"],
    does: "keeps no conversations",
    instead: "Go on after a stored response with previous_response_id, or send the whole conversation.",
  },
  {
    paths: ["/v1/agents", "/v1/sessions", "/v1/environments", "/v1/deployments", "/v1/deployment_runs", "/v1/code"],
    does: "runs no agents: the model's functions are called by your program",
    instead: `Send the conversation to ${CHAT} or POST /v1/messages, with the functions that the model may call.`,
  },
  {
    paths: ["/v1/skills", "/v1/memory_stores", "/v1/dreams", "/v1/vaults", "/v1/tunnels", "/v1/mcp_servers"],
    does: "keeps no skills, memories or secrets",
    instead: "Say in the system prompt what the model is to know.",
  },
  {
    paths: ["/v1/batches", "/v1/messages/batches"],
    does: "runs no batches",
    instead: "Send the requests one by one, a few at once; those beyond --max-concurrency wait in line.",
  },
  {
    paths: [
      ...["GET", "DELETE", "PATCH", "PUT"].map((method) => `${method} /v1/chat/completions`),
      "/v1/chat/completions/*",
    ],
    does: "stores no chat completions",
    instead: "Responses are stored: POST /v1/responses, then GET /v1/responses/{id}.",
  },
  {
    paths: ["/v1/fine_tuning", "/v1/fine-tunes", "/v1/evals"],
    does: "trains and grades no models",
    instead: "Say in the system prompt, with examples, what you want.",
  },
  {
    paths: ["DELETE /v1/models"],
    does: "deletes no models: they are Anthropic's",
    instead: "What GET /v1/models lists can be used.",
  },
  {
    paths: ["/v1/engines", "/v1/edits", "/v1/answers", "/v1/classifications"],
    does: "has no engines, a form of the API that OpenAI has given up",
    instead: "Name the model in the body of POST /v1/completions; GET /v1/models lists them.",
  },
  {
    paths: ["/v1/complete"],
    does: "has no text completions in Anthropic's old form",
    instead: "Send the conversation to POST /v1/messages.",
  },
  {
    paths: [
      ...["/v1/organization", "/v1/organizations", "/v1/projects", "/v1/me", "/v1/user_profiles", "/v1/user"],
      ...["/v1/usage", "/v1/dashboard", "/dashboard", "/v1/webhook_endpoints", "/v1/webhook_event_types"],
      ...["/v1/compliance", "/v1/safety", "/v1/privacy-consents", "/v1/credits", "/v1/key", "/v1/auth/key"],
      ...["/v1/generation", "/api/oauth", "/api/organizations", "/api/claude_code", "/api/account"],
    ],
    does: "knows no accounts, costs and organizations: it answers for one person's plan",
    instead: "GET /health tells which login is used, and Claude Code's own /usage how much of the plan is.",
  },
  {
    paths: ["/api/event_logging", "/v1/metrics", "/v1/traces", "/v1/logs"],
    does: "takes no telemetry",
    instead: "Nothing needs to be done about it: whoever sends this goes on without.",
  },
  {
    paths: [
      ...["/api/tags", "/api/version", "/api/ps", "/api/show", "/api/chat", "/api/generate", "/api/pull", "/api/v0"],
      ...["/api/v1/models", "/api/v1/chat", "/api/models"],
    ],
    does: "does not speak the API of Ollama or LM Studio",
    instead: "Choose OpenAI-compatible for the provider in your program, with the base URL that ends in /v1.",
  },
  {
    paths: ["/props", "/slots", "/v1/props", "/tokenize", "/v1/tokenize", "/detokenize", "/v1/internal"],
    does: "does not speak the API of llama.cpp or vLLM",
    instead: "Choose OpenAI-compatible for the provider in your program, with the base URL that ends in /v1.",
  },
  {
    paths: ["/v1beta", "/v1alpha", "/v1/projects/*/locations", "/model/*/converse", "/model/*/invoke"],
    does: "does not speak the API of Gemini, Vertex or Bedrock",
    instead: "Choose OpenAI or Anthropic for the provider in your program, with this server as its base URL.",
  },
];

/**
 * What to say of a path that is not offered, whether for all methods or for this one; undefined for any other. `path` is without query,
 * as in `/v1/audio/speech`.
 */
export function notOffered(path: string, method: string): ApiError | undefined {
  const segments = path.split("/");
  const isMeant = (own: string) => {
    const [ownPath = "", ownMethod = method] = own.split(" ").reverse();
    return ownMethod === method && isBelow(segments, ownPath.split("/"));
  };
  const found = NOT_OFFERED.find(({ paths }) => paths.some(isMeant));
  if (found === undefined) return undefined;
  return new ApiError("endpoint_not_offered", `This server ${found.does}. ${found.instead}`);
}

/** Whether a path is another one or below it. */
function isBelow(segments: readonly string[], own: readonly string[]): boolean {
  return own.every(
    (segment, index) => segment === segments[index] || (segment === "*" && segments[index] !== undefined),
  );
}
