// Waiting for a condition outside the browser.

/** Repeats `attempt` until it returns a true value. Throws after ten seconds. */
export async function poll<T>(what: string, attempt: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const answer = await attempt();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what}: not within ten seconds`);
}
