import { parsePublicKey } from '@hufu/keys'
import { errorCode, hexToBytes, type Json, parseJson } from '@hufu/primitives'
import { LedgerError } from './errors.ts'
import { parseScriptHash, type ScriptHash } from './script-hash.ts'

/** A validator as clients see it. */
export interface ValidatorDescriptor {
  readonly name: string
  /** P-256, compressed, 66 hexadecimal digits. */
  readonly publicKey: string
  /** JSON-RPC over HTTP. */
  readonly rpcUrl: string
  /** JSON-RPC over WebSocket, for subscriptions. */
  readonly wsUrl?: string
  /** Prometheus metrics, where the validator tells which block it has on disk. */
  readonly metricsUrl: string
}

/** A deployed contract. */
export interface ContractDescriptor {
  readonly hash: ScriptHash
  /** The contract's number, which prefixes its storage keys in state proofs. */
  readonly id: number
}

/** Contracts that every network has, by name. */
type EssentialContractName = 'council' | 'identifiers' | 'trust' | 'status' | 'proofs'

/** Contracts of networks that other chains can prove something to. */
type GatewayContractName = 'gateway' | 'titles'

/** Contracts that a network can have, by name. */
export type ContractName = EssentialContractName | GatewayContractName

/** All that a client must know of a network; the validators' keys are its only root of trust. One public JSON file. */
export interface NetworkDescriptor {
  /** Label in `did:neo:<name>:…`. */
  readonly name: string
  readonly magic: number
  readonly validators: readonly ValidatorDescriptor[]
  readonly contracts: Readonly<Record<EssentialContractName, ContractDescriptor> & Partial<Record<GatewayContractName, ContractDescriptor>>>
  /** Length of an epoch, at whose beginnings the roots of credential trees are taken; without it a minute. */
  readonly epochMs?: number
}

const labelPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/
const contractNames: readonly EssentialContractName[] = ['council', 'identifiers', 'trust', 'status', 'proofs']
const gatewayContractNames: readonly GatewayContractName[] = ['gateway', 'titles']
const maxLabelLength = 32
const maxValidators = 64

/** True for a network's label: lower-case letters and digits in groups joined by `-`, at most 32 characters. */
export function isNetworkName(text: string): boolean {
  return text.length <= maxLabelLength && labelPattern.test(text)
}

/** Parses the descriptor's JSON text; members that it does not know are refused. @throws LedgerError `ERR_LEDGER_DESCRIPTOR` */
export function parseNetworkDescriptor(text: string): NetworkDescriptor {
  const root = members(jsonOf(text), 'descriptor', ['name', 'magic', 'validators', 'contracts'], ['epochMs'])
  const { name, magic, validators, epochMs } = root
  if (typeof name !== 'string' || !isNetworkName(name)) throw wrong('name', 'a label of lower-case letters and digits')
  if (!isInteger(magic, 0, 0xffffffff)) throw wrong('magic', 'an unsigned 32-bit integer')
  if (!Array.isArray(validators) || validators.length < 1 || validators.length > maxValidators)
    throw wrong('validators', `1 to ${maxValidators} entries`)
  if (epochMs !== undefined && !isInteger(epochMs, 1_000, 3_600_000)) throw wrong('epochMs', 'an integer from 1,000 to 3,600,000')
  const parsed = validators.map((validator, index) => parseValidator(validator, `validators[${index}]`))
  for (const key of ['name', 'publicKey'] as const) {
    if (new Set(parsed.map(validator => validator[key])).size !== parsed.length)
      throw wrong('validators', `a ${key} of its own in each entry`)
  }
  const contracts = members(root.contracts, 'contracts', contractNames, gatewayContractNames)
  const [council, identifiers, trust, status, proofs] = contractNames.map(contract =>
    parseContract(contracts[contract], `contracts.${contract}`),
  )
  return {
    name,
    magic,
    validators: parsed,
    contracts: {
      ...{ council: council!, identifiers: identifiers!, trust: trust!, status: status!, proofs: proofs! },
      ...Object.fromEntries(
        gatewayContractNames
          .filter(contract => contracts[contract] !== undefined)
          .map(contract => [contract, parseContract(contracts[contract], `contracts.${contract}`)]),
      ),
    },
    ...(epochMs === undefined ? {} : { epochMs }),
  }
}

function parseValidator(json: Json | undefined, path: string): ValidatorDescriptor {
  const { name, publicKey, rpcUrl, wsUrl, metricsUrl } = members(json, path, ['name', 'publicKey', 'rpcUrl', 'metricsUrl'], ['wsUrl'])
  if (typeof name !== 'string' || !isNetworkName(name)) throw wrong(`${path}.name`, 'a label of lower-case letters and digits')
  if (typeof publicKey !== 'string' || !isPublicKey(publicKey))
    throw wrong(`${path}.publicKey`, 'a compressed P-256 key of 66 lower-case hexadecimal digits')
  return {
    name,
    publicKey,
    rpcUrl: parseUrl(rpcUrl, `${path}.rpcUrl`, ['http:', 'https:']),
    ...(wsUrl === undefined ? {} : { wsUrl: parseUrl(wsUrl, `${path}.wsUrl`, ['ws:', 'wss:']) }),
    metricsUrl: parseUrl(metricsUrl, `${path}.metricsUrl`, ['http:', 'https:']),
  }
}

function parseContract(json: Json | undefined, path: string): ContractDescriptor {
  const { hash, id } = members(json, path, ['hash', 'id'])
  if (typeof hash !== 'string' || !/^[0-9a-f]{40}$/.test(hash))
    throw wrong(`${path}.hash`, 'a script hash of 40 lower-case hexadecimal digits')
  if (!isInteger(id, -0x80000000, 0x7fffffff)) throw wrong(`${path}.id`, 'a signed 32-bit integer')
  return { hash: parseScriptHash(hash), id }
}

function parseUrl(json: Json | undefined, path: string, protocols: readonly string[]): string {
  const url = typeof json === 'string' ? URL.parse(json) : null
  if (url === null || !protocols.includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw wrong(path, `a URL of ${protocols.join(' or ')} without user and password`)
  }
  return json as string
}

function isPublicKey(hex: string): boolean {
  if (!/^[0-9a-f]{66}$/.test(hex)) return false
  try {
    parsePublicKey('P-256', hexToBytes(hex))
    return true
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return false
  }
}

function isInteger(json: Json | undefined, min: number, max: number): json is number {
  return typeof json === 'number' && Number.isInteger(json) && json >= min && json <= max
}

function members(
  json: Json | undefined,
  path: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, Json>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object')
  const record = json as Readonly<Record<string, Json>>
  const missing = required.find(name => record[name] === undefined)
  if (missing !== undefined) throw wrong(`${path}.${missing}`, 'a value')
  if (Object.keys(record).some(name => !required.includes(name) && !optional.includes(name))) {
    throw wrong(path, `no members but ${[...required, ...optional].join(', ')}`)
  }
  return record
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text)
  } catch (cause) {
    throw new LedgerError('ERR_LEDGER_DESCRIPTOR', 'network descriptor: expected JSON', { cause })
  }
}

function wrong(path: string, expected: string): LedgerError {
  return new LedgerError('ERR_LEDGER_DESCRIPTOR', `network descriptor: ${path}: expected ${expected}`)
}
