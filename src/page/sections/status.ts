import { windowName } from "../../core/plan-windows.ts";
import { counted, moment, percent } from "../figures.ts";
import { type Html, html, withCommands } from "../html.ts";
import type { Present } from "../snapshot.ts";
import { renderLogin } from "./login.ts";

const PROBLEMS: Readonly<Record<string, string>> = {
  cli_missing: "Claude Code was not found.",
  cli_outdated: "Claude Code is too old.",
  cli_logged_out: "Claude Code is not logged in.",
  cli_failed: "Claude Code does not start.",
  login_unread: "Claude Code is logged in, but does not use its login here.",
  login_refused: "Anthropic refuses the login of Claude Code.",
};

/** From here on one should know how much of a window is used. */
const WORTH_SAYING = 0.9;

type Figures = Pick<Present, "health" | "limits" | "running" | "isDemo" | "now">;

/** What the server is in, in one sentence; where something is wrong, what it is and the command that mends it. */
export function stateOf({ health, limits, running, isDemo, now }: Figures) {
  const { status, problem } = health;
  if (status === "unavailable") {
    const { code = "", message = "" } = problem ?? {};
    return {
      tone: "bad",
      sentence: PROBLEMS[code] ?? "The server cannot answer.",
      explanation: withCommands(message),
      command: /`([^`]+)`/.exec(message)?.[1] ?? "claude-max-api doctor",
    };
  }
  if (status === "starting") return { tone: "busy", sentence: "Starting: looking for Claude Code." };
  const madeUp = isDemo && " This is made up, and nothing is refused.";
  if (limits.overage) {
    return {
      tone: "warning",
      sentence: html`Answers are paid for as extra usage, beside your plan, until ${moment(limits.overage.resetsAt * 1000, now)}.${madeUp}`,
    };
  }
  const [rejection] = limits.rejections;
  if (rejection) {
    const whose = rejection.model === undefined ? "" : ` for ${rejection.model}`;
    return {
      tone: "warning",
      sentence: html`A limit of your plan is reached${whose} (${windowName(rejection.type)}). It resets ${moment(rejection.resetsAt * 1000, now)}.${madeUp}`,
    };
  }
  const waiting = running.filter(({ state }) => state === "waiting").length;
  const answering = running.length - waiting;
  const work = [
    ...(answering > 0 ? [`${counted(answering, "request")} ${answering === 1 ? "is" : "are"} being answered`] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? "waits" : "wait"}`] : []),
  ].join(", ");
  const full = Object.entries(limits.windows).find(([, { utilization }]) => utilization >= WORTH_SAYING);
  const spent = full && ` ${percent(full[1].utilization)} of the plan's limit (${windowName(full[0])}) is used.`;
  return {
    tone: full ? "warning" : work === "" ? "good" : "busy",
    sentence: html`${work === "" ? "Ready. Nothing runs." : `${work.charAt(0).toUpperCase()}${work.slice(1)}.`}${spent}`,
  };
}

export function renderStatus(present: Figures & Pick<Present, "login" | "origin">): Html {
  const { tone, sentence, explanation, command } = stateOf(present);
  const { login, origin } = present;
  return html`<p class="state ${tone}" role="status"><span class="dot" aria-hidden="true"></span>${sentence}</p>
${
  explanation !== undefined &&
  html`<div class="problem"><p>${explanation}</p>
${login && renderLogin(login, origin)}
${command !== undefined && html`<div class="command"><pre id="mend" tabindex="0"><code>${command}</code></pre>${copyButton("mend", "Copy the command")}</div>`}</div>`
}`;
}

/** A button that copies what an element says; there with script alone. */
export function copyButton(target: string, label: string): Html {
  return html`<button type="button" class="copy needs-script" data-copy="${target}" aria-label="${label}">Copy</button>`;
}
