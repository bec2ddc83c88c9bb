/** Waits until a condition holds. The bound only ends a test that would hang; no test measures time with it. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  boundMs = 60_000,
): Promise<void> {
  const end = Date.now() + boundMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await Bun.sleep(10);
  }
}
