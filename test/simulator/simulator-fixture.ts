import { afterEach } from "bun:test";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/simulator.ts";

/** Gives a test file a way to start simulators that end with the test. */
export function simulatorPerTest(): (options?: SimulatorOptions) => Simulator {
  const started: Simulator[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((simulator) => simulator.close()));
  });
  return (options) => {
    const simulator = startSimulator({ madeUpModels: "any", ...options });
    started.push(simulator);
    return simulator;
  };
}
