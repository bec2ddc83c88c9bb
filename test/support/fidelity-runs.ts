/**
 * How often a property of fidelity is tried: a few times in every run of the tests, and as many times more as `FIDELITY_RUNS`
 * says. Each try draws other conversations. None is tried again with less of it (`endOnFailure`): each starts processes, and the time would
 * be over before anything is told. The failure names the seed to do so with.
 */
const TIMES = Number(process.env.FIDELITY_RUNS ?? 1);

/** In every run of the tests conversations are shorter, and fewer at a time: what they cost is the start of processes. */
export const isBrief = TIMES === 1;

export const fidelityRuns = (usual: number) => usual * TIMES;
/** Generous for a machine on which a try takes many times what it should. */
export const fidelityLimitMs = (usual: number) => usual * TIMES;
