import type { Arena, Scenario } from "./arena.ts";
import { DIRECT, DIRECT_HEADER, OURS } from "./contestants.ts";
import { below, quantile, Samples } from "./figures.ts";
import { isAnthropicDelta, isOpenAiDelta, type Timed, timePost } from "./timed-stream.ts";
import { answerToolLoop, directBody, markOf, ourBody, STEPS } from "./tool-loop-messages.ts";

/** What a step after the first may add to the simulated API's own time. */
const GOAL_MS = 35;

type Step = { readonly step: number; readonly direct: Timed; readonly ours: Timed };

/** Each step is asked of the simulated API directly, too, with the same conversation: what ours takes longer is what we add. */
export const toolLoop: Scenario = {
  name: "tool-loop",
  title: `A tool loop of ${STEPS} steps, each answered at once`,
  async run(arena) {
    arena.answer(answerToolLoop);
    const steps: Step[] = [];
    await arena.settle();
    // The first round warms every path, and is not counted.
    for (let round = 0; round <= arena.rounds; round++) {
      const requests = await arena.requestsOf(async () => {
        const loop = await runLoop(arena, round);
        if (round > 0) steps.push(...loop);
      });
      const asked = requests.filter(({ headers }) => !headers.has(DIRECT_HEADER)).length;
      if (asked !== STEPS) throw new Error(`a loop of ${STEPS} steps asked the model ${asked} times`);
    }
    const later = steps.filter(({ step }) => step > 1);
    const added = later.map(({ ours, direct }) => ours.endMs - direct.endMs);
    const addedFirst = later.map(({ ours, direct }) => ours.firstMs - direct.firstMs);
    return {
      rows: [
        times(`steps 2 to ${STEPS}: the first token`, later, ({ firstMs }) => firstMs),
        times(`steps 2 to ${STEPS}: the whole answer`, later, ({ endMs }) => endMs),
        times(
          "step 1: the whole answer",
          steps.filter(({ step }) => step === 1),
          ({ endMs }) => endMs,
        ),
        only("added to the first token", addedFirst),
        only("added to the whole answer", added),
      ],
      goals: [below(`steps 2 to ${STEPS}: ms added to the whole answer, median,`, GOAL_MS, quantile(added, 0.5))],
      notes: [`Each loop of ${STEPS} steps asked the model exactly ${STEPS} times.`],
    };
  },
};

async function runLoop({ simulator, ours }: Arena, round: number): Promise<Step[]> {
  const steps: Step[] = [];
  const askDirect = (step: number) =>
    timePost(`${simulator.url}/v1/messages`, directBody(round, step), isAnthropicDelta, { [DIRECT_HEADER]: "1" });
  for (let step = 1; step <= STEPS; step++) {
    // Whoever comes second finds the machine a little warmer.
    const early = round % 2 === 0 ? await askDirect(step) : undefined;
    const answer = await timePost(`${ours.url}/v1/chat/completions`, ourBody(round, step), isOpenAiDelta);
    if (!answer.body.includes(markOf(step))) throw new Error(`step ${step} lacks ${markOf(step)}: ${answer.body}`);
    steps.push({ step, ours: answer, direct: early ?? (await askDirect(step)) });
  }
  return steps;
}

function times(label: string, steps: readonly Step[], time: (timed: Timed) => number) {
  const samples = new Samples();
  for (const { direct, ours } of steps) {
    samples.add(DIRECT, time(direct));
    samples.add(OURS, time(ours));
  }
  return samples.row(label, "ms");
}

function only(label: string, values: readonly number[]) {
  const samples = new Samples();
  samples.add(OURS, ...values);
  return samples.row(label, "ms");
}
