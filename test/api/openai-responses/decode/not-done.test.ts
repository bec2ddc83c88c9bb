import { afterEach, expect, test } from "bun:test";
import { PNG } from "../../../support/media.ts";
import { FINISH, HELLO, play, START } from "../../playing.ts";
import { serve, stopServers } from "../responses-server.ts";

// What only OpenAI can do is refused or named, never done by half.

afterEach(stopServers);

const hello = play(START, ...HELLO, FINISH);

const IGNORED = "x-claude-max-api-ignored";

test.each([
  [["message.input_image.image_url"], null],
  [["message.input_image.image_url", "code_interpreter_call.outputs"], "include"],
  [["something.new"], "include"],
  [[], null],
])("of include %p, what there is none of is named", async (include, named) => {
  const { post, ask } = serve(hello);
  const response = await post({ include });
  expect(response.headers.get(IGNORED)).toBe(named);
  const { id } = (await response.json()) as { id: string };
  const query = include.map((value) => `include[]=${value}`).join("&");
  expect((await ask(`/${id}?${query}`)).headers.get(IGNORED)).toBe(named);
});

test("images of the input are told with their URL", async () => {
  const { post, ask } = serve(hello);
  const image_url = `data:image/png;base64,${PNG}`;
  const input = [{ role: "user", content: [{ type: "input_image", image_url }] }];
  const { id } = (await (await post({ input })).json()) as { id: string };
  expect(await (await ask(`/${id}/input_items`)).json()).toMatchObject({ data: [{ content: [{ image_url }] }] });
});
