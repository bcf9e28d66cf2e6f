import type { FastifyRequest } from 'fastify'

/** Throws if the request is not by somebody of its kind, such as ServiceError `ERR_SERVICE_UNAUTHORIZED`; may keep what it learned on the request. */
export type AccessChecker = (request: FastifyRequest) => Promise<void>

/**
 * Who is a peer and who a wallet is known by the parts that talk to them: each says once how it is told.
 *
 * A `wallet` is checked by its headers, before its body is read; a `peer` by its message, so after the body was read and before it is looked at.
 */
export class AccessCheckers {
  readonly #checkers = new Map<'peer' | 'wallet', AccessChecker>()

  /** @throws TypeError: somebody has said so already */
  register(kind: 'peer' | 'wallet', checker: AccessChecker): void {
    if (this.#checkers.has(kind)) throw new TypeError(`there is a checker for ${kind} already`)
    this.#checkers.set(kind, checker)
  }

  find(kind: 'peer' | 'wallet'): AccessChecker | undefined {
    return this.#checkers.get(kind)
  }
}
