/**
 * The calls of the panel to the API server.
 *
 * In JavaScript because it is a fraction of what the same takes in WebAssembly, and because the list
 * is asked for while the WebAssembly that shows it is on its way.
 */

/** @typedef {{ server: string, bearer(refused: boolean): Promise<string?>, first?: Promise<any> }} Host */

/** Asks for the newest items of the inbox. @param {Host} host @returns {Promise<any>} */
export const ask = (host) => call(host, "GET", "inbox?limit=20");

/** The newest items: the first time those that were asked for already, if they were. @param {Host} host @returns {Promise<any>} */
export function newest(host) {
  const { first } = host;
  host.first = undefined;
  return first ?? ask(host);
}

/**
 * Calls the server, once more with a fresh token where it refused the first.
 *
 * @param {Host} host @param {string} method @param {string} path @param {string} [body]  JSON.
 * @returns {Promise<any>}  The answer; rejects when there is none or it is a refusal.
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
 * Names the person of the cookie's session, for the bell of a page that has no token.
 *
 * @param {string} server @returns {Promise<string>}  Empty when nobody is signed in; rejects when the server cannot say.
 */
export async function who(server) {
  const response = await fetch(`${server}/api/v1/me`);
  if (response.status === 401) return "";
  const { tenant, person } = await response.json();
  return JSON.stringify([tenant, person.login]);
}
