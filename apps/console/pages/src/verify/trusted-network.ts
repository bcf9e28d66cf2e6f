import { type NetworkDescriptor, parseNetworkDescriptor, type TrustAnchor, trustAnchorOf } from '@hufu/ledger'
import { bytesToHex, canonicalJsonBytes, sha256 } from '@hufu/primitives'

/** What this browser takes on trust, and when it began to. */
export interface TrustedNetwork {
  readonly descriptor: NetworkDescriptor
  readonly anchor: TrustAnchor
  /** SHA-256 over the canonical JSON of magic and the validators' public keys, hexadecimal: what people compare. */
  readonly fingerprint: string
  /** `firstSeen`: taken from this server when the browser came here first. `file`: somebody brought it. */
  readonly source: 'firstSeen' | 'file'
  readonly sinceMs: number
  /** The server now names another network than the one that is trusted: everything it proves will fail. */
  readonly isOther: boolean
}

const storageName = 'hufu-console-trusted-network'

/** What a descriptor says that trust rests on. Addresses of nodes are not among it. */
export function fingerprintOf({ magic, validators }: NetworkDescriptor): string {
  return bytesToHex(sha256(canonicalJsonBytes({ magic, validators: validators.map(({ publicKey }) => publicKey) })))
}

/**
 * The network that this browser trusts: the one it saw first here, or that somebody brought as a file, whatever the server says later.
 *
 * @param told - the descriptor that the server gives now, as parsed JSON
 * @throws LedgerError `ERR_LEDGER_DESCRIPTOR`: it is none
 */
export function trustedNetwork(told: object, nowMs: number): TrustedNetwork {
  const descriptor = parseNetworkDescriptor(JSON.stringify(told))
  const kept = readKept()
  const { text, source, sinceMs } = kept ?? keep(descriptor, 'firstSeen', nowMs)
  const trusted = parseNetworkDescriptor(text)
  return {
    descriptor: trusted,
    anchor: trustAnchorOf(trusted),
    fingerprint: fingerprintOf(trusted),
    source,
    sinceMs,
    isOther: identityOf(trusted) !== identityOf(descriptor),
  }
}

/** Trusts the network of a file from elsewhere. @throws LedgerError `ERR_LEDGER_DESCRIPTOR` */
export function trustFile(text: string, nowMs: number): void {
  keep(parseNetworkDescriptor(text), 'file', nowMs)
}

/** Forgets what is trusted: the next one that the server names is. */
export function forgetTrust(): void {
  localStorage.removeItem(storageName)
}

interface Kept {
  readonly text: string
  readonly source: TrustedNetwork['source']
  readonly sinceMs: number
}

function keep(descriptor: NetworkDescriptor, source: TrustedNetwork['source'], nowMs: number): Kept {
  const kept: Kept = { text: JSON.stringify(descriptor), source, sinceMs: nowMs }
  localStorage.setItem(storageName, JSON.stringify(kept))
  return kept
}

function readKept(): Kept | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(storageName) ?? 'null') as Kept | null
    if (kept === null) return undefined
    parseNetworkDescriptor(kept.text)
    return kept
  } catch {
    // Damaged, or of an older console: it is kept anew.
    return undefined
  }
}

/** All that proofs rest on: keys, magic, and which contracts' numbers are whose. */
function identityOf({ magic, validators, contracts }: NetworkDescriptor): string {
  return JSON.stringify([magic, validators.map(({ publicKey }) => publicKey), Object.entries(contracts).sort()])
}
