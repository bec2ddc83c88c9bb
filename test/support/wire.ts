// The answers' JSON as the tests read it. Nothing is checked here: a field that is missing makes the test's own check fail.

type Completion = {
  model: string;
  choices: { message: { content: string; reasoning_content?: string }; finish_reason: string }[];
  usage: object;
};
type ErrorBody = { message: string; type: string; param: string | null; code: string | null };
type Health = {
  status: string;
  problem?: { code: string; message: string };
  login?: string;
  workers: { starting: number; ready: number; busy: number; parked: number; queued: number };
};

async function json<T>(response: Response | Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}

export const readCompletion = (response: Response | Promise<Response>) => json<Completion>(response);

export const readError = async (response: Response | Promise<Response>) =>
  (await json<{ error: ErrorBody }>(response)).error;

export const readHealth = (url: string) => json<Health>(fetch(`${url}/health`));

export async function readModelIds(url: string, init?: RequestInit): Promise<string[]> {
  return (await json<{ data: { id: string }[] }>(fetch(`${url}/v1/models`, init))).data.map(({ id }) => id);
}
