import { ApiError } from "../../core/error.ts";

/** For each item of an input that was written anew the place of the client's own; undefined where they are the same. */
export type Places = readonly number[] | undefined;

/** What is said of items, of those that the client has sent. */
export function inClientsPlaces(text: string, places: Places): string {
  if (places === undefined) return text;
  return text.replace(/(^|')input\[(\d+)\]/g, (_, before: string, index: string) => {
    return `${before}input[${places[Number(index)] ?? index}]`;
  });
}

/** Tells an error of items that were written anew of those that the client has sent. */
export function atClientsPlaces<T>(places: Places, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (places === undefined || !(error instanceof ApiError)) throw error;
    const { code, message, param } = error;
    const details = param === undefined ? {} : { param: inClientsPlaces(param, places) };
    throw new ApiError(code, inClientsPlaces(message, places), details);
  }
}
