import type { Json } from '@hufu/primitives'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { PcnError } from '../errors.ts'
import type { MacSigner } from '../mac/mac-signer.ts'
import type { MacVerifier } from '../mac/mac-verifier.ts'
import { macText } from '../shape/mac-text.ts'
import { parseShape } from '../shape/parse-shape.ts'
import { optionalText, type RecordShape, record, text, type ValueOf } from '../shape/shape.ts'
import { wireValue } from '../shape/wire-value.ts'

/** In whose name, and of which DApp, is asked. */
export interface RequestHeader {
  readonly userCode: string
  readonly appCode: string
}

const headerShape = record({ userCode: text({ maxLength: 256 }), appCode: text({ maxLength: 256 }), tId: optionalText({ maxLength: 256 }) })

/** A request with its mac, or, with a signer of a gateway's, a callback: both have one form. @throws PcnError `ERR_PCN_REQUEST` */
export async function sealRequest<Body extends RecordShape>(
  shape: Body,
  { userCode, appCode }: RequestHeader,
  body: ValueOf<Body>,
  signer: MacSigner,
): Promise<string> {
  const checked = parseShape(shape, body, 'body', 'ERR_PCN_REQUEST')
  const mac = await signer.sign(userCode + appCode + macText(shape, checked))
  return JSON.stringify({ header: { userCode, appCode, tId: '' }, mac, body: wireValue(shape, checked) })
}

/** A request without a mac, as `getAppInfo` takes it. */
export function unsealedRequest({ userCode, appCode }: RequestHeader): string {
  return JSON.stringify({ header: { userCode, appCode, tId: '' }, mac: '', body: {} })
}

/**
 * Opens a request, as a gateway does, or a callback, as who is told of events does.
 *
 * @param expected - whose requests are taken, and by which key
 * @throws PcnError `ERR_PCN_REQUEST`: of another form; `ERR_PCN_MAC`: of others, or without a true mac
 */
export async function openRequest<Body extends RecordShape>(
  shape: Body,
  json: Json,
  expected: RequestHeader & { readonly verifier: MacVerifier },
): Promise<ValueOf<Body>> {
  const { header, mac, body } = membersOf(json)
  const { userCode, appCode } = parseShape(headerShape, header, 'header', 'ERR_PCN_REQUEST')
  const checked = parseShape(shape, body, 'body', 'ERR_PCN_REQUEST')
  if (userCode !== expected.userCode || appCode !== expected.appCode)
    throw new PcnError('ERR_PCN_MAC', 'header: expected user and DApp of this key')
  if (typeof mac !== 'string' || mac === '') throw new PcnError('ERR_PCN_MAC', 'mac: expected one')
  if (!(await expected.verifier.isValid(userCode + appCode + macText(shape, checked), mac)))
    throw new PcnError('ERR_PCN_MAC', 'mac: expected one of the pinned key, over these fields')
  return checked
}

/** The header and body of an endpoint that asks for no mac. @throws PcnError `ERR_PCN_REQUEST` */
export function openUnsealedRequest<E extends Endpoint>({ request }: E, json: Json): RequestHeader {
  const { header, body } = membersOf(json)
  parseShape(request, body, 'body', 'ERR_PCN_REQUEST')
  return parseShape(headerShape, header, 'header', 'ERR_PCN_REQUEST')
}

function membersOf(json: Json): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new PcnError('ERR_PCN_REQUEST', 'request: expected an object')
  if (Object.keys(json).some(name => !['header', 'mac', 'body'].includes(name)))
    throw new PcnError('ERR_PCN_REQUEST', 'request: expected no members but header, mac and body')
  return json as Readonly<Record<string, unknown>>
}
