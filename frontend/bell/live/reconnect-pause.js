/** The shortest pause after a failed attempt, in milliseconds. */
const MIN_PAUSE = 1_000;
/** The longest pause that the server may request, in milliseconds. */
const MAX_PAUSE = 60_000;
/** The longest pause between the first attempts, in milliseconds, so that pages recover soon after a restart. */
const MAX_PROMPT_PAUSE = 3_000;
/** The number of these first attempts, which take about a minute. */
const PROMPT_ATTEMPTS = 20;
/** The longest pause between later attempts, in milliseconds. */
const MAX_PATIENT_PAUSE = 30_000;

/**
 * The pause before the next attempt, in milliseconds.
 *
 * @param {number} failures  How many attempts in a row failed before this one.
 * @param {number} retry  The base that the server set, in milliseconds.
 * @param {string?} [asked]  `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
 */
export function pauseAfter(failures, retry, asked) {
  const longest = failures < PROMPT_ATTEMPTS ? MAX_PROMPT_PAUSE : MAX_PATIENT_PAUSE;
  const grown = Math.min(longest, Math.max(retry, MIN_PAUSE) * 2 ** failures) * (0.5 + Math.random() / 2);
  // A value that is neither a number nor a date is ignored.
  const wanted = (asked && (asked * 1_000 || Date.parse(asked) - Date.now())) || 0;
  return Math.max(MIN_PAUSE, grown, Math.min(wanted, MAX_PAUSE));
}
