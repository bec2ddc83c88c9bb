import { expect, test } from "bun:test";
import fc from "fast-check";
import { argsOfInput, CustomInput } from "../../../src/api/tools/custom-input.ts";
import { anyCharacter } from "../../support/any-character.ts";

/** What the pieces tell, one after the other, and then the end. */
function read(pieces: readonly string[]) {
  const input = new CustomInput();
  const told = [...pieces.map((piece) => input.push(piece)), input.end()];
  return { told, text: told.join("") };
}

test("the input is told while it is written", () => {
  expect(read(['{"inp', 'ut": "a\\', 'n\\"b', "\\u00", 'e9"', "}"]).told).toEqual(["", "a", '\n"b', "", "é", "", ""]);
});

test("however the arguments are cut, the input is what they say", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.array(fc.nat(60)), (text, cuts) => {
      const args = argsOfInput(text);
      const at = [0, ...cuts.filter((cut) => cut < args.length).sort((a, b) => a - b), args.length];
      const pieces = at.slice(1).map((end, index) => args.slice(at[index], end));
      expect(read(pieces).text).toBe(text);
    }),
  );
});

test.each([
  ["arguments in another order", '{"other":1,"input":"a"}', "a"],
  ["arguments without an input, told as they are", '{"text":"a"}', '{"text":"a"}'],
  ["an input that is no text", '{"input":5}', '{"input":5}'],
  ["arguments that are no JSON", "a b", "a b"],
  ["an input that was cut off", '{"input":"a\\', "a"],
])("%s", (_, args, text) => {
  expect(read([args]).text).toBe(text);
});
