/**
 * How often a property of fidelity is tried: a few times in every run of the tests, and as many times more as `FIDELITY_RUNS`
 * says. Each try draws other conversations.
 */
const TIMES = Number(process.env.FIDELITY_RUNS ?? 1);

export const fidelityRuns = (usual: number) => usual * TIMES;
/** Generous for a machine on which a try takes many times what it should. */
export const fidelityLimitMs = (usual: number) => usual * TIMES;
