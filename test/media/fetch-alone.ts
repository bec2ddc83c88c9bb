import { createImageFetcher } from "../../src/media/fetch-image.ts";
import { createHttpsGet } from "../../src/media/https-get.ts";
import { ByteAllowance } from "../../src/media/read-image.ts";
import { CERTIFICATE } from "./certificate.ts";

// A program of its own, since some of the environment is read when a program starts: fetches from the port that is its first argument;
// the second says whether the tests' certificate is trusted. Prints the image or why there is none.

const [port = "", trust = ""] = process.argv.slice(2);
const fetchImage = createImageFetcher({
  resolve: async () => ["127.0.0.1"],
  request: createHttpsGet(trust === "trusting" ? CERTIFICATE : undefined),
  isAllowedAddress: () => true,
  port: Number(port),
});
const { signal } = new AbortController();
// No await out here: bytecode, which the program is built to, has none at the top.
fetchImage(`https://images.test:${port}/a.gif`, { param: "p", signal, allowance: new ByteAllowance(1024) })
  .catch(String)
  .then((outcome) => console.log(JSON.stringify(outcome)));
