/**
 * The dates of notifications in the reader's language.
 *
 * They are JavaScript because the same in WebAssembly is several times larger.
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The tags to format with: the browser's regional variant of the language if it has one, then the language. @param {string} tag */
const tags = (tag) => [...navigator.languages.filter((each) => each.split("-")[0] === tag.split("-")[0]).slice(0, 1), tag];

/** Cached formatters: creating one takes longer than using it. @type {Map<string, any>} */
const formatters = new Map();

/** @param {"DateTimeFormat" | "NumberFormat" | "RelativeTimeFormat"} kind @param {string} tag @param {object} options */
function format(kind, tag, options) {
  const key = tag + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Intl[kind](tags(tag), options));
  return formatters.get(key);
}

/** The number of days since 1970 in local time. @param {Date} at */
const day = (at) => Math.floor((at.getTime() - at.getTimezoneOffset() * MINUTE) / DAY);

/**
 * A time for a list: “now”, “12 min”, the time of today, “yesterday”, a date.
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
 * Date and time in full, to the second.
 *
 * @param {string} tag @param {string} moment  RFC 3339.
 */
export function exact(tag, moment) {
  return format("DateTimeFormat", tag, { dateStyle: "full", timeStyle: "medium" }).format(new Date(moment));
}
