import { ethereumAddressOf, parseSecp256k1Key, type Secp256k1Key } from '@hufu/keys'
import { bytesToHex, errorCode, msToDateTime } from '@hufu/primitives'
import { DidError } from '../../errors.ts'
import type { DidDriver, DriverAnswer } from '../did-driver.ts'
import { hexBytes } from './ethereum-address.ts'
import { ethrDocument } from './ethr-document.ts'
import { noOwner, readEthrHistory } from './ethr-history.ts'
import type { EthrRegistry } from './ethr-registry.ts'

const idPattern = /^(?:([a-z0-9][a-z0-9-]{0,31}|0x[0-9a-f]{1,13}):)?(0x(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{66}))$/

/**
 * `did:ethr`: an address or public key of Ethereum, and what its holder recorded in a registry of ERC-1056.
 *
 * @param registries - by the name that DIDs give the chain, `mainnet` for DIDs that give none; its number in hexadecimal, such as `0x7a69`, names it, too
 */
export function didEthrDriver(registries: Readonly<Record<string, EthrRegistry>>): DidDriver {
  return {
    method: 'ethr',
    version: 1,
    async resolve(did) {
      const { network, identity, identityKey } = parseEthrDid(did)
      const registry = registryOf(registries, network)
      return answerOf(registry, did, identity, identityKey)
    },
  }
}

async function answerOf(
  registry: EthrRegistry,
  did: string,
  identity: string,
  identityKey: Secp256k1Key | undefined,
): Promise<DriverAnswer> {
  const { chainId } = registry
  const history = await asked(() => readEthrHistory(registry, identity))
  const { events, owner, assurance, head } = history
  const last = events.at(-1)?.blockNumber
  const updated = last === undefined ? undefined : msToDateTime((await asked(() => registry.block(last))).timeMs)
  const isDeactivated = owner === noOwner
  return {
    document: isDeactivated ? null : ethrDocument(did, history, { chainId, identity, identityKey }),
    metadata: {
      ...(updated === undefined ? {} : { updated, versionId: String(last) }),
      ...(isDeactivated ? { deactivated: true } : {}),
    },
    assurance,
    origin: { network: `eip155:${chainId}`, blockHeight: head.number },
  }
}

function registryOf(registries: Readonly<Record<string, EthrRegistry>>, network: string): EthrRegistry {
  const named = Object.hasOwn(registries, network) ? registries[network] : undefined
  const found = named ?? Object.values(registries).find(({ chainId }) => `0x${chainId.toString(16)}` === network)
  if (found === undefined) throw new DidError('ERR_DID_FEATURE', 'expected a DID of a chain that is set up here')
  return found
}

function parseEthrDid(did: string): {
  readonly network: string
  readonly identity: string
  readonly identityKey: Secp256k1Key | undefined
} {
  const match = idPattern.exec(did.slice('did:ethr:'.length))
  if (match === null) throw malformed()
  const [, network = 'mainnet', text] = match
  if (text!.length === 42) return { network, identity: text!.toLowerCase(), identityKey: undefined }
  try {
    const identityKey = parseSecp256k1Key(hexBytes(text!))
    return { network, identity: `0x${bytesToHex(ethereumAddressOf(identityKey))}`, identityKey }
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw malformed(cause)
  }
}

/** Ports throw errors of their own layer. */
async function asked<Value>(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask()
  } catch (cause) {
    if (cause instanceof DidError) throw cause
    const code = errorCode(cause)
    if (code === undefined) throw cause
    throw new DidError(
      code === 'ERR_CHAIN_ANSWER' ? 'ERR_DID_ANSWER' : 'ERR_DID_UNREACHABLE',
      'the chain’s nodes did not say what its registry holds',
      { cause },
    )
  }
}

function malformed(cause?: unknown): DidError {
  return new DidError(
    'ERR_DID_SYNTAX',
    'expected did:ethr, a chain or none, and an address or compressed public key in hexadecimal',
    cause === undefined ? {} : { cause },
  )
}
