import { invalid } from "../../core/error.ts";
import type { ImageBlock } from "../../core/request.ts";
import { imageTypeOf } from "../../media/image.ts";
import { base64OfDataUrl, byteLength, firstBytes, isDataUrl } from "./base64.ts";
import { imageBlock, type RemoteImages } from "./remote-images.ts";

const MAX_IMAGE_MB = 20;
/** 5 MB of base64: the CLI sends no request with a result that holds a larger one. In a question it makes it smaller. */
const MAX_RESULT_IMAGE_MB = 3.75;

/** The image an `image_url` stands for. `param` is the path of its url; `isResult`: in what a tool answered. */
export function decodeImageUrl(url: string, param: string, remote: RemoteImages, isResult: boolean): ImageBlock {
  return remote.attempt(param, () => {
    const image = readImageUrl(url, param, remote);
    return isResult ? asResultImage(image, param) : image;
  });
}

function readImageUrl(url: string, param: string, remote: RemoteImages): ImageBlock {
  if (isDataUrl(url)) return requireImage(base64OfDataUrl(url, param), param);
  if (/^https:\/\//i.test(url) && URL.canParse(url)) return remote.take(url, param);
  throw invalid(param, `'${param}' must be an https URL, or a data URL: data:image/png;base64,<data>.`);
}

/** An image that may stand in what a tool answered. */
export function asResultImage(image: ImageBlock, param: string): ImageBlock {
  refuseLarger(MAX_RESULT_IMAGE_MB, image.data, param, "the most that an image in a tool's result may have");
  return image;
}

/** The image that the data must be. */
export function requireImage(base64: string, param: string): ImageBlock {
  const image = imageOf(base64, param);
  if (image) return image;
  throw invalid(param, `'${param}' holds no image: PNG, JPEG, GIF and WebP are accepted, told by their content.`);
}

/** An image, if the data is one of a kind that Claude reads. */
export function imageOf(base64: string, param: string): ImageBlock | undefined {
  const mediaType = imageTypeOf(firstBytes(base64));
  if (mediaType === undefined) return undefined;
  refuseLarger(MAX_IMAGE_MB, base64, param, "the most that an image may have");
  return imageBlock(mediaType, base64, param);
}

function refuseLarger(megabytes: number, base64: string, param: string, which: string): void {
  if (byteLength(base64) <= megabytes * 1024 * 1024) return;
  throw invalid(param, `'${param}' is larger than ${megabytes} MB, ${which}.`);
}
