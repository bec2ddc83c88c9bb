import { PNG } from "../media.ts";
import { after, answered, asked, image, PNG_URL, type Spelling, saying, text } from "./spelling.ts";

/** What is asked, and what was said before. */
export const MESSAGES: readonly Spelling[] = [
  { name: "one item instead of a list", spelled: { input: asked }, textbook: { input: [asked] } },
  {
    name: "texts as items",
    spelled: { input: ["a", "b"] },
    textbook: { input: [asked, { role: "user", content: "b" }] },
  },
  { name: "messages instead of input", spelled: { messages: [asked] }, textbook: { input: [asked] } },
  { name: "messages that say the same", spelled: { input: [asked], messages: [asked] }, textbook: { input: [asked] } },
  { name: "a prompt as a text", spelled: { prompt: "a" }, textbook: { input: "a" } },
  { name: "instructions alone", spelled: { instructions: "a" }, textbook: { input: "a" } },
  {
    name: "instructions as parts",
    spelled: { instructions: [text("p"), "q", { role: "system", content: "r" }], input: "a" },
    textbook: { instructions: "p\n\nq\n\nr", input: "a" },
  },
  { name: "parts as items", spelled: { input: [text("a"), image] }, textbook: saying([text("a"), image]) },

  { name: "a role in capitals", spelled: { input: [{ ...asked, role: "User" }] }, textbook: { input: [asked] } },
  {
    name: "roles of others",
    spelled: after({ role: "model", parts: [{ text: "b" }] }, { role: "human", content: "y" }),
    textbook: after(answered, { role: "user", content: "y" }),
  },
  { name: "a part called text", spelled: saying([{ type: "text", text: "a" }]), textbook: saying([text("a")]) },
  { name: "texts as parts", spelled: saying(["a", "b"]), textbook: saying([text("a"), text("b")]) },
  { name: "a part alone", spelled: saying({ type: "text", text: "a" }), textbook: saying([text("a")]) },
  { name: "a part without a type", spelled: saying([{ text: "a" }]), textbook: saying([text("a")]) },
  { name: "a number", spelled: saying(5), textbook: saying("5") },
  {
    name: "a user's text called the model's",
    spelled: saying([{ type: "output_text", text: "a" }]),
    textbook: saying([text("a")]),
  },
  {
    name: "an image as a chat has it",
    spelled: saying([text("a"), { type: "image_url", image_url: { url: PNG_URL } }]),
    textbook: saying([text("a"), image]),
  },
  {
    name: "an image as Anthropic has it",
    spelled: saying([text("a"), { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }]),
    textbook: saying([text("a"), image]),
  },
  {
    name: "an image as bare base64",
    spelled: saying([text("a"), { type: "input_image", image_url: PNG }]),
    textbook: saying([text("a"), image]),
  },
  {
    name: "a file as a chat has it",
    spelled: saying([text("a"), { type: "file", file: { filename: "n.txt", file_data: btoa("notes") } }]),
    textbook: saying([text("a"), { type: "input_file", filename: "n.txt", file_data: btoa("notes") }]),
  },
  {
    name: "a PDF by its address, as Anthropic has it",
    spelled: saying([text("a"), { type: "document", source: { type: "url", url: "https://a.example/b.pdf" } }]),
    textbook: saying([text("a"), { type: "input_file", file_url: "https://a.example/b.pdf" }]),
  },
  {
    name: "audio",
    spelled: saying([text("a"), { type: "input_audio", input_audio: { data: "x", format: "wav" } }]),
    textbook: saying([text("a")]),
    named: ["input.content.input_audio"],
  },
  { name: "an answer that is null", spelled: after({ role: "assistant", content: null }), textbook: after() },
  {
    name: "what a model thought, as Anthropic has it",
    spelled: after({
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "b" },
      ],
    }),
    textbook: after(answered),
    named: ["input.content.thinking"],
  },
  {
    name: "an image that the model showed",
    spelled: after({ role: "assistant", content: [{ type: "output_text", text: "b" }, image] }),
    textbook: after(answered, { role: "user", content: [text("[From the assistant's message before this:]"), image] }),
    named: ["input.content"],
  },
  {
    name: "the assistant's last word",
    spelled: { input: [asked, { role: "model", parts: [{ text: "b" }] }] },
    textbook: { input: [asked, answered] },
  },
];
