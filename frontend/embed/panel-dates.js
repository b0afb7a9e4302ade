/**
 * The moments of notifications, as the readers of a language write them.
 *
 * In JavaScript because it is a fraction of what the same takes in WebAssembly.
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The tags to format by: the browser's region where it has one for the language, then the language. @param {string} tag */
const tags = (tag) => [...navigator.languages.filter((each) => each.split("-")[0] === tag.split("-")[0]).slice(0, 1), tag];

/** A format takes longer to make than all that is ever written by it. @type {Map<string, any>} */
const made = new Map();

/** @param {"DateTimeFormat" | "NumberFormat" | "RelativeTimeFormat"} kind @param {string} tag @param {object} options */
function format(kind, tag, options) {
  const key = tag + JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl[kind](tags(tag), options));
  return made.get(key);
}

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
    format("RelativeTimeFormat", tag, { numeric: "auto" }).format(amount, unit);
  if (age < MINUTE) return relative(0, "second");
  const minutes = { style: "unit", unit: "minute", unitDisplay: "short" };
  if (age < 60 * MINUTE) return format("NumberFormat", tag, minutes).format(Math.floor(age / MINUTE));
  const date = (/** @type {object} */ options) => format("DateTimeFormat", tag, options).format(at);
  if (days === 0) return date({ hour: "2-digit", minute: "2-digit" });
  if (days === 1) return relative(-1, "day");
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date({ day: "numeric", month: "short", year });
}

/**
 * A moment in full, to the second.
 *
 * @param {string} tag @param {string} moment  RFC 3339.
 */
export function exact(tag, moment) {
  return format("DateTimeFormat", tag, { dateStyle: "full", timeStyle: "medium" }).format(new Date(moment));
}
