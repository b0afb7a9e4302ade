/**
 * Parses server-sent events from chunks of bytes (WHATWG HTML §9.2.6).
 *
 * @param {(data: string, id: string) => void} onMessage  `id` is the last event id, perhaps empty.
 * @param {(milliseconds: number) => void} onRetry
 * @param {string} [id]  The last event id of the previous connection.
 * @returns {(bytes: Uint8Array) => void}
 */
export function eventParser(onMessage, onRetry, id = "") {
  const decoder = new TextDecoder();
  let rest = "";
  let afterReturn = false;
  let pendingId = id;
  /** @type {string[]} */
  let data = [];

  /** @param {string} line */
  const read = (line) => {
    if (line === "") {
      id = pendingId;
      if (data.length) onMessage(data.join("\n"), id);
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) pendingId = value;
    else if (field === "retry" && /^\d+$/.test(value)) onRetry(Number(value));
  };

  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true });
    // Only a part of a character so far.
    if (!text) return;
    // A line feed at the start of a chunk may belong to the carriage return at the end of the previous one.
    if (afterReturn && text[0] === "\n") text = text.slice(1);
    afterReturn = text.endsWith("\r");
    const lines = (rest + text).split(/\r\n?|\n/);
    rest = lines.pop() ?? "";
    lines.forEach(read);
  };
}
