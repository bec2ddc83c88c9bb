import { Compile } from "typebox/compile";
import { familyOf, meansNewest, parseModelName, titleOf } from "../../claude/models/model-name.ts";
import type { Call } from "../command.ts";
import { Models, type ServedModel } from "../connect/connection.ts";
import { RefusedError, send } from "../running-server/api-client.ts";
import { whereServerIs } from "../running-server/find-server.ts";
import { openServer } from "../running-server/open-server.ts";
import { interruptible } from "../terminal/signals.ts";
import { renderTable, type Style } from "../terminal/text.ts";

/** Prints the models that a client can name. */
export async function listModels(call: Call, asJson: boolean): Promise<number> {
  const { surroundings } = call;
  const { terminal } = surroundings;
  const config = await whereServerIs(call);
  return interruptible(async (signal) => {
    await using server = await openServer(config, surroundings, { warm: 1 });
    await server.modelsKnown(signal);
    const list: unknown = await (await send(server, "/v1/models", { signal })).json();
    if (!Compile(Models).Check(list))
      throw new RefusedError(`${server.url}/v1/models answered with no list of models.`);
    terminal.write(asJson ? `${JSON.stringify(list, null, 2)}\n` : renderModels(list.data, terminal.style));
    return 0;
  });
}

function renderModels(models: readonly ServedModel[], style: Style): string {
  const rows = models.map(({ id, display_name, resolved_model = "", context_window, max_output_tokens }) => [
    style.cyan(id),
    resolved_model,
    inThousands(context_window),
    inThousands(max_output_tokens),
    meaningOf(id, resolved_model, display_name),
  ]);
  return renderTable(["NAME", "ANSWERED BY", "CONTEXT", "OUTPUT", "MEANS"].map(style.bold), rows);
}

/** What becomes of a name when there are newer models. */
function meaningOf(id: string, resolved: string, title: string | undefined): string {
  // Only an alias is its own title.
  if (title === id && familyOf(id) === undefined) return "an alias of yours";
  const name = parseModelName(id);
  if (name !== undefined && meansNewest(name)) return `the newest ${titleOf(name).replace("Claude ", "")}`;
  if (name !== undefined || id === resolved) return "this version";
  return id === "default" ? "what the CLI recommends" : "the CLI's short name";
}

function inThousands(tokens: number | undefined): string {
  return tokens === undefined ? "" : `${Math.round(tokens / 1000)}k`;
}
