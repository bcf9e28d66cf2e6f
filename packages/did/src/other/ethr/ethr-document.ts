import { parsePublicKey, parseSecp256k1Key, publicKeyToJwk, type Secp256k1Key, secp256k1ToJwk } from '@hufu/keys'
import { bytesToBase64url, bytesToUtf8, errorCode, type Json } from '@hufu/primitives'
import type { OtherDidDocument } from '../did-driver.ts'
import { checksumAddress } from './ethereum-address.ts'
import type { EthrEvent } from './ethr-event.ts'
import type { EthrHistory } from './ethr-history.ts'

type Purpose = 'authentication' | 'assertionMethod' | 'keyAgreement'
type Members = Readonly<Record<string, Json>>

/** A key or service that an event gave, until another event takes it back. */
interface Listed {
  readonly entry: Members
  /** None for a service. */
  readonly purposes: readonly Purpose[]
}

/**
 * The document that a history gives, at the time of its block.
 *
 * @param identityKey - where the DID is a public key and no address: good as long as its holder owns the identity
 * @see https://github.com/decentralized-identity/ethr-did-resolver/blob/master/doc/did-method-spec.md
 */
export function ethrDocument(
  did: string,
  { events, owner, head }: EthrHistory,
  {
    chainId,
    identity,
    identityKey,
  }: { readonly chainId: number; readonly identity: string; readonly identityKey?: Secp256k1Key | undefined },
): OtherDidDocument {
  const account = (address: string): Members => ({
    type: 'EcdsaSecp256k1RecoveryMethod2020',
    controller: did,
    blockchainAccountId: `eip155:${chainId}:${checksumAddress(address)}`,
  })
  const signs: readonly Purpose[] = ['authentication', 'assertionMethod']
  const listed: Listed[] = [{ entry: { id: `${did}#controller`, ...account(owner) }, purposes: signs }]
  if (identityKey !== undefined && owner === identity) {
    const entry = { id: `${did}#controllerKey`, type: 'JsonWebKey', controller: did, publicKeyJwk: { ...secp256k1ToJwk(identityKey) } }
    listed.push({ entry, purposes: signs })
  }
  listed.push(...listedBy(events, did, account, BigInt(Math.floor(head.timeMs / 1000))))
  const methods = listed.filter(({ purposes }) => purposes.length > 0)
  const services = listed.filter(({ purposes }) => purposes.length === 0)
  const idsFor = (purpose: Purpose) => methods.filter(({ purposes }) => purposes.includes(purpose)).map(({ entry }) => entry.id!)
  return {
    id: did,
    verificationMethod: methods.map(({ entry }) => entry),
    authentication: idsFor('authentication'),
    assertionMethod: idsFor('assertionMethod'),
    ...(idsFor('keyAgreement').length === 0 ? {} : { keyAgreement: idsFor('keyAgreement') }),
    ...(services.length === 0 ? {} : { service: services.map(({ entry }) => entry) }),
  }
}

/** Numbers count every event of their kind, those taken back or over included, so that an id never changes what it names. */
function listedBy(events: readonly EthrEvent[], did: string, account: (address: string) => Members, nowSeconds: bigint): readonly Listed[] {
  const listed = new Map<string, Listed>()
  let delegates = 0
  let services = 0
  for (const event of events) {
    if (event.kind === 'owner') continue
    const isService = event.kind === 'attribute' && event.name.startsWith('did/svc/')
    if (event.kind === 'delegate' || event.name.startsWith('did/pub/')) delegates++
    else if (isService) services++
    const key = event.kind === 'delegate' ? `delegate ${event.type} ${event.delegate}` : `attribute ${event.name} ${event.value}`
    listed.delete(key)
    const found =
      event.kind === 'delegate'
        ? delegateOf(event.type, { id: `${did}#delegate-${delegates}`, ...account(event.delegate) })
        : isService
          ? serviceOf(event.name, event.value, `${did}#service-${services}`)
          : keyOf(event.name, event.value, { id: `${did}#delegate-${delegates}`, controller: did })
    if (found !== undefined && event.validToSeconds > nowSeconds) listed.set(key, found)
  }
  return [...listed.values()]
}

function delegateOf(type: string, entry: Members): Listed | undefined {
  if (type === 'veriKey') return { entry, purposes: ['assertionMethod'] }
  if (type === 'sigAuth') return { entry, purposes: ['authentication', 'assertionMethod'] }
  return undefined
}

/** `did/pub/<algorithm>/<purpose>/<encoding>`. Keys of other algorithms, or that are none, are left out: nobody here could use them. */
function keyOf(
  name: string,
  value: Uint8Array,
  { id, controller }: { readonly id: string; readonly controller: string },
): Listed | undefined {
  const match = /^did\/pub\/(\w+)\/(veriKey|sigAuth|enc)(?:\/\w+)?$/.exec(name)
  const jwk = match === null ? undefined : jwkOf(match[1]!, value)
  if (jwk === undefined) return undefined
  const purposes: readonly Purpose[] =
    match![2] === 'enc' || jwk.crv === 'X25519'
      ? ['keyAgreement']
      : match![2] === 'sigAuth'
        ? ['authentication', 'assertionMethod']
        : ['assertionMethod']
  return { entry: { id, type: 'JsonWebKey', controller, publicKeyJwk: jwk }, purposes }
}

function jwkOf(algorithm: string, value: Uint8Array): Members | undefined {
  try {
    if (algorithm === 'Secp256k1') return { ...secp256k1ToJwk(parseSecp256k1Key(value)) }
    if (algorithm === 'Ed25519') return { ...publicKeyToJwk(parsePublicKey('Ed25519', value)) }
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
  return algorithm === 'X25519' && value.length === 32 ? { kty: 'OKP', crv: 'X25519', x: bytesToBase64url(value) } : undefined
}

/** `did/svc/<type>`, a URL. */
function serviceOf(name: string, value: Uint8Array, id: string): Listed | undefined {
  const type = /^did\/svc\/(\w+)$/.exec(name)?.[1]
  const serviceEndpoint = textOf(value)
  if (type === undefined || serviceEndpoint === undefined || !URL.canParse(serviceEndpoint)) return undefined
  return { entry: { id, type, serviceEndpoint }, purposes: [] }
}

function textOf(value: Uint8Array): string | undefined {
  try {
    return bytesToUtf8(value)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
