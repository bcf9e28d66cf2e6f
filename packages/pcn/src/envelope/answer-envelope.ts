import { errorCode, type Json, parseJson } from '@hufu/primitives'
import { PcnError } from '../errors.ts'
import type { MacSigner } from '../mac/mac-signer.ts'
import type { MacVerifier } from '../mac/mac-verifier.ts'
import { macText } from '../shape/mac-text.ts'
import { parseShape } from '../shape/parse-shape.ts'
import { integer, optionalText, record, type Shape, type ValueOf } from '../shape/shape.ts'
import { wireValue } from '../shape/wire-value.ts'

const headerShape = record({ code: integer({ min: -1, max: 0 }), msg: optionalText({ maxLength: 65_536 }) })

/** As BSN's manual has it. */
const success = 'Transaction Successful'

/** An answer that gives what was asked for, as a gateway sends it. */
export async function sealAnswer<Body extends Shape>(shape: Body, body: ValueOf<Body>, signer: MacSigner): Promise<string> {
  const header = { code: 0, msg: success }
  const mac = await signer.sign(macText(headerShape, header) + macText(shape, body))
  return JSON.stringify({ header, mac, body: wireValue(shape, body) })
}

/** An answer that refuses. */
export async function sealRefusal(msg: string, signer: MacSigner): Promise<string> {
  const header = { code: -1, msg }
  return JSON.stringify({ header, mac: await signer.sign(macText(headerShape, header)), body: null })
}

/** An answer without a mac, as `getAppInfo` gives it. */
export function unsealedAnswer<Body extends Shape>(shape: Body, body: ValueOf<Body>): string {
  return JSON.stringify({ header: { code: 0, msg: success }, mac: '', body: wireValue(shape, body) })
}

/**
 * Opens an answer: form first, then the mac, which is asked of refusals, too; only then what it says.
 *
 * @throws PcnError `ERR_PCN_ANSWER`: of another form; `ERR_PCN_MAC`: without a true mac of the pinned key; `ERR_PCN_REFUSED`: a refusal
 */
export async function openAnswer<Body extends Shape>(shape: Body, text: string, gateway: MacVerifier): Promise<ValueOf<Body>> {
  const { header, mac, body } = parseAnswer(shape, text)
  if (mac === '') throw new PcnError('ERR_PCN_MAC', 'mac: expected one')
  if (!(await gateway.isValid(macText(headerShape, header) + (body === null ? '' : macText(shape, body)), mac)))
    throw new PcnError('ERR_PCN_MAC', 'mac: expected one of the pinned key, over these fields')
  return bodyOf(header, body)
}

/** Opens an answer without looking at a mac: for `getAppInfo`, by which nothing may be decided. @throws PcnError `ERR_PCN_ANSWER`, `ERR_PCN_REFUSED` */
export function openUnsealedAnswer<Body extends Shape>(shape: Body, text: string): ValueOf<Body> {
  const { header, body } = parseAnswer(shape, text)
  return bodyOf(header, body)
}

interface Answer<Body> {
  readonly header: ValueOf<typeof headerShape>
  readonly mac: string
  /** Null if a refusal has none. */
  readonly body: Body | null
}

function parseAnswer<Body extends Shape>(shape: Body, text: string): Answer<ValueOf<Body>> {
  const json = jsonOf(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new PcnError('ERR_PCN_ANSWER', 'answer: expected an object')
  const { header, mac, body, ...others } = json as Record<string, Json>
  if (Object.keys(others).length > 0) throw new PcnError('ERR_PCN_ANSWER', 'answer: expected no members but header, mac and body')
  const checked = parseShape(headerShape, header, 'header', 'ERR_PCN_ANSWER')
  if (mac !== undefined && mac !== null && typeof mac !== 'string') throw new PcnError('ERR_PCN_ANSWER', 'mac: expected text')
  const hasBody = checked.code === 0 || !isEmpty(body)
  return { header: checked, mac: mac ?? '', body: hasBody ? parseShape(shape, body, 'body', 'ERR_PCN_ANSWER') : null }
}

function bodyOf<Body>({ code, msg }: { readonly code: number; readonly msg: string }, body: Body | null): Body {
  if (code !== 0 || body === null) throw new PcnError('ERR_PCN_REFUSED', 'the gateway refused', { reason: msg })
  return body
}

function isEmpty(body: Json | undefined): boolean {
  return body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0)
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text, { maxLength: text.length })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new PcnError('ERR_PCN_ANSWER', 'answer: expected JSON, with no name twice', { cause })
  }
}
