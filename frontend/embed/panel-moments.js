/**
 * The moments of notifications, as the readers of a language write them.
 *
 * In JavaScript because it is a fraction of what the same takes in WebAssembly.
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The tags to format by: the browser's region where it has one for the language, then the language. @param {string} tag */
const tags = (tag) => [...navigator.languages.filter((each) => each.split("-")[0] === tag.split("-")[0]).slice(0, 1), tag];

/** Days since 1970 by the local clock. @param {Date} at */
const day = (at) => Math.floor((at.getTime() - at.getTimezoneOffset() * MINUTE) / DAY);

/**
 * A moment as a list shows it: “now”, “12 min”, the time of today, “yesterday”, a date.
 *
 * @param {string} tag @param {string} moment  RFC 3339. @param {Date} [now]
 */
export function short(tag, moment, now = new Date()) {
  const at = new Date(moment);
  const age = now.getTime() - at.getTime();
  const days = day(now) - day(at);
  const relative = (/** @type {number} */ amount, /** @type {"day" | "second"} */ unit) =>
    new Intl.RelativeTimeFormat(tags(tag), { numeric: "auto" }).format(amount, unit);
  if (age < MINUTE) return relative(0, "second");
  if (age < 60 * MINUTE) {
    return new Intl.NumberFormat(tags(tag), { style: "unit", unit: "minute", unitDisplay: "short" }).format(Math.floor(age / MINUTE));
  }
  if (days === 0) return at.toLocaleTimeString(tags(tag), { hour: "2-digit", minute: "2-digit" });
  if (days === 1) return relative(-1, "day");
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return at.toLocaleDateString(tags(tag), { day: "numeric", month: "short", year });
}

/**
 * A moment in full, to the second.
 *
 * @param {string} tag @param {string} moment  RFC 3339.
 */
export function exact(tag, moment) {
  return new Date(moment).toLocaleString(tags(tag), { dateStyle: "full", timeStyle: "medium" });
}
