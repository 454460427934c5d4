// JSON-RPC 2.0 over anything that carries text: ids, answers, refusals, time limits. No DOM.

/** @import {Clock} from "./clock.js" */
/** @typedef {{[key: string]: any}} Params */

/** Code of our own refusals because the connection is gone at this end. Nothing that comes in has it. */
export const LOST = 0;
const BAD_REQUEST = 400;

/** A refusal from the other side, or one of ours: 408 no answer in time, `LOST`. */
export class RpcError extends Error {
  /**
   * @param {number} code
   * @param {string} message
   * @param {Params} [data] What the other side says about it.
   */
  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/**
 * @typedef {object} RpcOptions
 * @property {(text: string) => void} send
 * @property {Clock} clock
 * @property {(method: string, params: Params) => Promise<Params>} [onRequest]
 * @property {(method: string, params: Params) => void} [onNotification]
 */

export class Rpc {
  /** @type {RpcOptions} */
  #options;
  #nextId = 1;
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: RpcError) => void, timer: unknown}>} */
  #waiting = new Map();

  /** @param {RpcOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * @param {string} method
   * @param {Params} [params]
   * @param {number} [timeoutMs]
   * @returns {Promise<any>}
   */
  request(method, params = {}, timeoutMs = 10_000) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimeout(
        () => this.#settle(id)?.reject(new RpcError(408, `no answer to ${method}`)),
        timeoutMs,
      );
      this.#waiting.set(id, { resolve, reject, timer });
      this.#send({ id, method, params });
    });
  }

  /**
   * @param {string} method
   * @param {Params} [params]
   */
  notify(method, params = {}) {
    this.#send({ method, params });
  }

  /** Takes one message in; what is none is dropped. @param {unknown} text */
  receive(text) {
    const message = parse(text);
    if (!message) return;
    if (typeof message.method !== "string") {
      this.#answered(message);
    } else if (message.id === undefined || message.id === null) {
      this.#options.onNotification?.(message.method, message.params ?? {});
    } else {
      void this.#serve(message.id, message.method, message.params ?? {});
    }
  }

  /** Refuses everything that waits for an answer. @param {RpcError} error */
  fail(error) {
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(error);
  }

  /** @param {Params} message */
  #answered({ id, result, error }) {
    // The specification's own example sends ids back as text.
    const waiting = this.#settle(Number(id));
    if (!error) waiting?.resolve(result ?? {});
    else if (waiting) waiting.reject(new RpcError(Number(error.code) || BAD_REQUEST, String(error.message), error.data));
    else this.#options.onNotification?.("error", error);
  }

  /**
   * @param {unknown} id
   * @param {string} method
   * @param {Params} params
   */
  async #serve(id, method, params) {
    try {
      if (!this.#options.onRequest) throw new RpcError(-32601, "no such method");
      this.#send({ id, result: await this.#options.onRequest(method, params) });
    } catch (error) {
      const { code, message } = error instanceof RpcError ? error : new RpcError(BAD_REQUEST, String(error));
      this.#send({ id, error: { code, message } });
    }
  }

  /** @param {number} id */
  #settle(id) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting) this.#options.clock.clearTimeout(waiting.timer);
    return waiting;
  }

  /** @param {Params} message */
  #send(message) {
    this.#options.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }
}

/** @param {unknown} text @returns {Params | undefined} */
function parse(text) {
  try {
    const message = JSON.parse(String(text));
    return message !== null && typeof message === "object" ? message : undefined;
  } catch {
    return undefined;
  }
}
