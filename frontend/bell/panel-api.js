/**
 * The panel's API calls.
 *
 * They are JavaScript because the same in WebAssembly is several times larger, and because the list is
 * requested while the WebAssembly is loaded.
 */

/** @typedef {{ server: string, bearer(refused: boolean): Promise<string?>, earlyRequest?: Promise<any> }} Host */

/** Requests the newest items of the inbox. @param {Host} host @returns {Promise<any>} */
export const requestNewest = (host) => call(host, "GET", "inbox?limit=20");

/** The newest items. The first call returns the request that was sent early, if there is one. @param {Host} host @returns {Promise<any>} */
export function newest(host) {
  const { earlyRequest } = host;
  host.earlyRequest = undefined;
  return earlyRequest ?? requestNewest(host);
}

/**
 * Calls the server, and once more with a new token if it refuses the first.
 *
 * @param {Host} host @param {string} method @param {string} path @param {string} [body]  JSON.
 * @returns {Promise<any>}  The answer; rejects if there is none or the server refuses.
 */
export async function call(host, method, path, body) {
  for (const refused of [false, true]) {
    const bearer = await host.bearer(refused);
    const response = await fetch(`${host.server}/api/v1/${path}`, {
      method,
      body,
      headers: {
        ...(body && { "Content-Type": "application/json" }),
        ...(bearer && { Authorization: `Bearer ${bearer}` }),
      },
    });
    if (response.ok) return response.json();
    if (response.status !== 401) break;
  }
  throw new Error(`${method} ${path} was refused`);
}

/**
 * Identifies the person of the cookie's session, for a bell without a token.
 *
 * @param {string} server @returns {Promise<string>}  Empty if no one is signed in; rejects if the server
 * cannot say.
 */
export async function sessionPerson(server) {
  const response = await fetch(`${server}/api/v1/me`);
  if (response.status === 401) return "";
  const { tenant, person } = await response.json();
  return JSON.stringify([tenant, person.login]);
}
