import { ApiError } from "../core/error.ts";

/** A part of OpenAI's API that this server does not have. */
type NotOffered = {
  /** Its paths begin so, after `/v1`. */
  readonly paths: readonly string[];
  /** What is not done here, to follow "This server". */
  readonly does: string;
  /** What would do it, as a sentence. */
  readonly instead: string;
};

const NOT_OFFERED: readonly NotOffered[] = [
  {
    paths: ["/embeddings"],
    does: "makes no embeddings: Anthropic's models give none",
    instead: "Set a separate embeddings provider in your program, such as Ollama on this machine, or OpenAI.",
  },
  {
    paths: ["/images", "/videos"],
    does: "makes no images or videos: Claude answers in text",
    instead:
      "Claude sees images that are sent in a chat message; to make some, set a separate provider in your program.",
  },
  {
    paths: ["/audio", "/realtime", "/live"],
    does: "neither hears nor speaks: Claude reads and writes text",
    instead: "Set a separate provider for speech in your program, such as a local Whisper server.",
  },
  {
    paths: ["/moderations"],
    does: "judges no texts: Claude Code has no classifier, and an invented verdict would be worse than none",
    instead: "Turn moderation off in your program, or set a separate provider for it.",
  },
  {
    paths: ["/files", "/uploads"],
    does: "stores no files",
    instead: "Send them within the message: as image_url, or as file with file_data.",
  },
  {
    paths: ["/vector_stores", "/containers"],
    does: "stores no files and searches none",
    instead: "Search in your own program, and send what was found within the message.",
  },
  {
    paths: ["/assistants", "/threads"],
    does: "keeps no assistants and threads, an API that OpenAI itself has given up",
    instead: "Send the conversation to POST /v1/chat/completions, with the functions that the model may call.",
  },
  {
    paths: ["/batches"],
    does: "runs no batches",
    instead: "Send the requests one by one, a few at once; those beyond --max-concurrency wait in line.",
  },
  {
    paths: ["/fine_tuning", "/evals"],
    does: "trains and grades no models",
    instead: "Say in the system prompt, with examples, what you want.",
  },
];

/**
 * What to say of a path of OpenAI's API that is not offered, whatever the method; undefined for any other path. `path` is without
 * query, as in `/v1/audio/speech`.
 */
export function notOffered(path: string): ApiError | undefined {
  const found = NOT_OFFERED.find(({ paths }) => paths.some((own) => `${path}/`.startsWith(`/v1${own}/`)));
  if (found === undefined) return undefined;
  return new ApiError("endpoint_not_offered", `This server ${found.does}. ${found.instead}`);
}
