/** Sends what people fill in, and tells what came back: HTML of ours, data, or an error in words. */

import { request } from "../session.js";

/** @typedef {{ code: string, message: string, details: { fields?: Record<string, string[]> } & Record<string, any> }} Refusal */
/** @typedef {{ status: number, html: string, data: any, error: Refusal | null, retryAfter: number }} Answer */

/**
 * Post a form or some values. Throws only when no answer came.
 * @param {string} url
 * @param {HTMLFormElement | Record<string, string>} body
 * @returns {Promise<Answer>}
 */
export async function post(url, body = {}) {
  const values = body instanceof HTMLFormElement ? new FormData(body) : body;
  const encoded = new URLSearchParams(/** @type {any} */ (values));
  return read(await request(url, { method: "POST", body: encoded }));
}

/** Fetch a piece of a page. @param {string} url @returns {Promise<Answer>} */
export async function get(url) {
  return read(await request(url, { headers: { Accept: "text/html" } }));
}

/** @param {Response} response @returns {Promise<Answer>} */
async function read(response) {
  const text = await response.text();
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const data = isJson ? JSON.parse(text) : null;
  return {
    status: response.status,
    html: isJson ? "" : text,
    data,
    error: response.ok ? null : refusal(data),
    retryAfter: Number(response.headers.get("Retry-After")) || 0,
  };
}

/** @param {any} data @returns {Refusal} */
function refusal(data) {
  const { code = "failed", message = "", details = {} } = data?.error ?? {};
  return { code, message, details };
}
