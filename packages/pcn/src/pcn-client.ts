import { bytesToBase64, randomBytes } from '@hufu/primitives'
import { appInfoEndpoint } from './endpoints/app-info.ts'
import type { AnswerOf, Endpoint, RequestOf } from './endpoints/endpoint.ts'
import { openAnswer, openUnsealedAnswer } from './envelope/answer-envelope.ts'
import { type RequestHeader, sealRequest, unsealedRequest } from './envelope/request-envelope.ts'
import { PcnError } from './errors.ts'
import { algorithmTypes } from './mac/mac-algorithm.ts'
import type { MacSigner } from './mac/mac-signer.ts'
import type { MacVerifier } from './mac/mac-verifier.ts'
import type { Post } from './post-over-tls.ts'

/** Settings of {@link PcnClient}. */
export interface PcnClientOptions extends RequestHeader {
  /** The DApp's access key. */
  readonly signer: MacSigner
  /** The gateway's key and algorithm, pinned: what `getAppInfo` says of them is not believed. */
  readonly gateway: MacVerifier
  readonly post: Post
}

/**
 * A client of a city node's gateway. Every answer must have a mac of the pinned key and the form that its endpoint says, and must be one to the
 * question as far as it says what it answers; which many do not, and no mac says it.
 */
export class PcnClient {
  readonly #options: PcnClientOptions

  constructor(options: PcnClientOptions) {
    if (options.signer.algorithm !== options.gateway.algorithm) throw new TypeError('expected one algorithm for both keys')
    this.#options = options
  }

  /**
   * Asks at an endpoint. Nothing is asked twice: whoever changes something must be able to.
   *
   * @throws PcnError `ERR_PCN_REQUEST`: not of the endpoint's form, nothing was sent; `ERR_PCN_REFUSED`: the gateway refuses, `reason` says why;
   *   `ERR_PCN_ANSWER`, `ERR_PCN_MAC`, `ERR_PCN_OTHER_ANSWER`: an answer that does not count; as {@link Post}
   */
  async call<E extends Endpoint>(endpoint: E, body: RequestOf<E>): Promise<AnswerOf<E>> {
    const { signer, gateway, post } = this.#options
    const request = await sealRequest(endpoint.request, this.#options, body as never, signer)
    const answer = (await openAnswer(endpoint.answer, await post(endpoint.path, request), gateway)) as AnswerOf<E>
    if (!endpoint.isAnswerTo(body as never, answer as never))
      throw new PcnError('ERR_PCN_OTHER_ANSWER', 'the gateway answered another question')
    return answer
  }

  /**
   * What the gateway says of the DApp, which nobody signed. To look whether it agrees with what was pinned; nothing else may be done with it.
   *
   * @throws PcnError `ERR_PCN_PIN`: it names another algorithm than the pinned one; as `call`
   */
  async readAppInfo(): Promise<AnswerOf<typeof appInfoEndpoint>> {
    const { gateway, post } = this.#options
    const info = openUnsealedAnswer(appInfoEndpoint.answer, await post(appInfoEndpoint.path, unsealedRequest(this.#options)))
    if (info.algorithmType !== algorithmTypes[gateway.algorithm])
      throw new PcnError('ERR_PCN_PIN', 'the gateway names another algorithm than the pinned one')
    return info
  }

  /** Ends the connections. */
  close(): void {
    this.#options.post.close()
  }
}

/** A nonce as `reqChainCode` takes it: 24 random bytes in base64. */
export function newNonce(): string {
  return bytesToBase64(randomBytes(24))
}
