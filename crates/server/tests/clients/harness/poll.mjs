// Polls until a condition holds.

/** Calls `attempt` until it returns a truthy value, for up to ten seconds. */
export async function poll(what, attempt) {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const answer = await attempt();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what}: not within ten seconds`);
}
