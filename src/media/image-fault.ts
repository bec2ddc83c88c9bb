/** Why a remote image is not taken, as the beginning of a message to the user; `createImageFetcher` makes the whole error of it. */
export class ImageFault extends Error {}
