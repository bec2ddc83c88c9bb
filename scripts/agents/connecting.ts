import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Agent, Connecting } from "./agent.ts";
import { connect, runWell, type Workshop } from "./workshop.ts";

/** Connects the agent; what comes back is to be set in its environment. */
export async function connectAgent(
  connecting: Connecting,
  { name }: Agent,
  installed: string,
  workshop: Workshop,
  place: Parameters<typeof connect>[2],
): Promise<Record<string, string>> {
  switch (connecting.by) {
    case "nothing":
      return {};
    case "write":
      await connect(workshop, [name, "--write", "--yes"], place);
      return {};
    case "files":
      for (const [path, content] of Object.entries(connecting.files)) writeInto(join(place.cwd, path), content);
      return {};
    case "snippet":
      writeInto(join(place.cwd, connecting.path), (await connect(workshop, [name], place)).stdout);
      return {};
    case "variables": {
      const { stdout } = await connect(workshop, [name], place);
      return Object.fromEntries([...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]));
    }
    case "advice": {
      const { stderr } = await connect(workshop, [name], place);
      const line = connecting.line.exec(stderr)?.[1];
      if (line === undefined) throw new Error(`connect advises no command:\n${stderr}`);
      const [program = "", ...words] = line.split(" ");
      await runWell([join(installed, "node_modules/.bin", program), ...words], { ...place, seconds: 60 });
      return {};
    }
  }
}

/** What `--write` set is taken out again. */
export async function undo({ name }: Agent, workshop: Workshop, place: Parameters<typeof connect>[2]): Promise<void> {
  const { stdout } = await connect(workshop, [name, "--undo", "--yes"], place);
  if (!stdout.includes("-")) throw new Error("--undo took nothing back");
}

function writeInto(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
