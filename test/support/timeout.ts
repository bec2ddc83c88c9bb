import { setDefaultTimeout } from "bun:test";

// Bounds a test that hangs. No test measures time with it: on a busy machine, starting several CLIs takes longer than Bun's own 5 s.
setDefaultTimeout(30_000);
