import type { Call } from "../command.ts";
import { interruptible } from "../terminal/interruptible.ts";
import { showProgress } from "../terminal/progress.ts";
import { examine } from "./examine.ts";
import { hasProblem } from "./finding.ts";
import { renderFindings } from "./render.ts";

export type DoctorOptions = { readonly call: Call; readonly live: boolean; readonly asJson: boolean };

/** Prints what {@link examine} finds; the exit code is 1 when there is a problem. */
export function doctor({ call, live, asJson }: DoctorOptions): Promise<number> {
  const { terminal, version, platform } = call.surroundings;
  return interruptible(async (signal) => {
    // What is asked then is said by itself.
    const shown = live ? () => {} : showProgress(terminal, "Looking");
    const findings = await examine({ call, live, signal }).finally(shown);
    const isWell = !hasProblem(findings);
    const report = { ok: isWell, version, platform, findings };
    terminal.write(asJson ? `${JSON.stringify(report, null, 2)}\n` : renderFindings(findings, terminal.style));
    return isWell ? 0 : 1;
  });
}
