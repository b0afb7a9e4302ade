// Polls until a condition holds.

/** Tries again until `attempt` answers something true or ten seconds are over. */
export async function poll(what, attempt) {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const answer = await attempt();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what}: not within ten seconds`);
}
