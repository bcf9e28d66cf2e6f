import { isSignatureValid, parsePublicKey, type Signer } from '@hufu/keys'
import { isNetworkName, quorumOf } from '@hufu/ledger'
import {
  base64urlToBytes,
  bytesToBase64url,
  bytesToHex,
  canonicalJson,
  canonicalJsonBytes,
  concatBytes,
  errorCode,
  hexToBytes,
  type Json,
  parseJson,
  sha256,
  utf8ToBytes,
} from '@hufu/primitives'
import type { ProtocolSettings } from '../protocol-settings.ts'
import { ValidatorError } from './errors.ts'
import { genesisHash } from './genesis-hash.ts'
import { parseHostPort } from './host-port.ts'

/** A validator, as the network file names it. */
export interface NetworkFileValidator {
  readonly name: string
  /** Key that it signs blocks with: P-256, compressed, 66 hexadecimal digits. */
  readonly publicKey: string
  /** Key of its seat in the council, if it signs network files with that one. */
  readonly seatKey?: string
  /** `host:port` at which other nodes reach it. */
  readonly p2p: string
  readonly rpcUrl: string
  readonly metricsUrl: string
}

/** A program that nodes may run. */
export interface NetworkFileSoftware {
  /** neo-go's version, without `v`. */
  readonly version: string
  /** As Go names it: `linux-amd64`. */
  readonly platform: string
  /** Of the executable, hexadecimal. */
  readonly sha256: string
}

/** All that a node needs to know of its network. */
export interface NetworkFile {
  readonly format: 'hufu-network-file'
  /** 1 for the first; each later file counts one up and is signed by a quorum of the one before. */
  readonly sequence: number
  readonly issuedAt: string
  readonly name: string
  readonly magic: number
  /** People rely on it: keys must be dear to guess, and addresses real. */
  readonly production: boolean
  readonly validators: readonly NetworkFileValidator[]
  readonly genesis: {
    /** Validators at genesis, in the order of the configuration. They stay when validators change. */
    readonly standbyKeys: readonly string[]
    readonly hash: string
  }
  readonly protocol: ProtocolSettings
  /** The first for a platform is the one to run; others are allowed while an upgrade goes round. */
  readonly software: readonly NetworkFileSoftware[]
  /** Hash of the contract `council`; null before it is deployed. */
  readonly council: string | null
  /** How long each validator's turn for steps that take it off the network is. */
  readonly turnMs: number
}

/** One validator's signature over a network file. */
export interface NetworkFileSignature {
  readonly name: string
  readonly publicKey: string
  readonly signature: string
}

/** A network file with the signatures collected so far. */
export interface SignedNetworkFile {
  readonly network: NetworkFile
  readonly signatures: readonly NetworkFileSignature[]
}

/** Why a network file is to be believed: its fingerprint was compared, or a quorum of an earlier file signed it. */
export type NetworkFileTrust = { readonly fingerprint: string } | { readonly previous: NetworkFile }

/** Nothing else that these keys sign begins like this. */
const signaturePrefix = utf8ToBytes('hufu network file\n')
const maxFileLength = 1_048_576
const maxValidators = 21

/** SHA-256 of the canonical JSON, in groups of four digits: what people compare. */
export function networkFileFingerprint(network: NetworkFile): string {
  return bytesToHex(sha256(canonicalJsonBytes(network as unknown as Json)))
    .match(/.{4}/g)!
    .join('-')
}

/**
 * Adds a validator's signature, by its own key or its seat's; one that it made before is replaced.
 *
 * @throws ValidatorError `ERR_VALIDATOR_SEAT`: the key is not the one of that name
 */
export async function signNetworkFile(file: SignedNetworkFile, name: string, signer: Signer): Promise<SignedNetworkFile> {
  const publicKey = bytesToHex(signer.publicKey.bytes)
  const validator = file.network.validators.find(each => each.name === name)
  if (validator === undefined || ![validator.publicKey, validator.seatKey].includes(publicKey))
    throw new ValidatorError('ERR_VALIDATOR_SEAT', `the network file names another key for ${name}, or nobody of that name`)
  const signature = bytesToBase64url(await signer.sign(messageOf(file.network)))
  const others = file.signatures.filter(each => each.name !== name)
  return { network: file.network, signatures: [...others, { name, publicKey, signature }] }
}

/**
 * Reads a network file that may be believed.
 *
 * @param trust - the fingerprint that people compared, or the file that was believed before
 * @returns the network, as signed
 * @throws ValidatorError `ERR_VALIDATOR_NETWORK_FILE`: malformed, altered, signed by too few, older than the one before, or of another network;
 *   `ERR_VALIDATOR_FINGERPRINT`: well signed, but not the file that was compared
 */
export async function verifyNetworkFile(text: string, trust: NetworkFileTrust): Promise<NetworkFile> {
  const file = parseNetworkFile(text)
  const { network } = file
  await requireQuorum(file, network, 'its own validators')
  if ('fingerprint' in trust) {
    if (normalFingerprint(trust.fingerprint) !== normalFingerprint(networkFileFingerprint(network)))
      throw new ValidatorError('ERR_VALIDATOR_FINGERPRINT', 'the network file has another fingerprint than the one given')
    return network
  }
  const { previous } = trust
  if (canonicalJson(network as unknown as Json) === canonicalJson(previous as unknown as Json)) return network
  if (network.magic !== previous.magic || network.genesis.hash !== previous.genesis.hash)
    throw wrong('magic and genesis', 'those of the file before')
  if (network.sequence <= previous.sequence) throw wrong('sequence', 'a number above that of the file before')
  await requireQuorum(file, previous, 'the validators of the file before')
  return network
}

/** Parses a network file; its signatures are not checked. @throws ValidatorError `ERR_VALIDATOR_NETWORK_FILE` */
export function parseNetworkFile(text: string): SignedNetworkFile {
  if (text.length > maxFileLength) throw wrong('file', 'at most a mebibyte')
  const { network, signatures } = objectOf(jsonOf(text), 'file', ['network', 'signatures'])
  return {
    network: parseNetwork(network),
    signatures: listOf(signatures, 'signatures', 0, maxValidators).map((each, index) => parseSignature(each, `signatures[${index}]`)),
  }
}

/** The file's text: one form for everybody. */
export function networkFileText(file: SignedNetworkFile): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(file as unknown as Json)), null, 2)}\n`
}

/** The program that a node of this platform is to run, and those that it may run. */
export function softwareFor(network: NetworkFile, platform: string): readonly NetworkFileSoftware[] {
  return network.software.filter(each => each.platform === platform)
}

/** Names of the validators whose signatures hold, by the keys that `network` names. */
export async function validSigners(file: SignedNetworkFile, network: NetworkFile): Promise<readonly string[]> {
  const message = messageOf(file.network)
  const names = new Set<string>()
  for (const { name, publicKey, signature } of file.signatures) {
    const validator = network.validators.find(each => each.name === name)
    if (validator === undefined || ![validator.publicKey, validator.seatKey].includes(publicKey)) continue
    if (await isSignatureValid(parsePublicKey('P-256', hexToBytes(publicKey)), message, base64urlToBytes(signature))) names.add(name)
  }
  return [...names]
}

async function requireQuorum(file: SignedNetworkFile, network: NetworkFile, whose: string): Promise<void> {
  const quorum = quorumOf(network.validators.length)
  const count = (await validSigners(file, network)).length
  if (count < quorum) throw wrong('signatures', `valid ones of ${quorum} of ${whose}, and found ${count}`)
}

function messageOf(network: NetworkFile): Uint8Array {
  return concatBytes(signaturePrefix, canonicalJsonBytes(network as unknown as Json))
}

function normalFingerprint(text: string): string {
  return text.toLowerCase().replace(/[^0-9a-f]/g, '')
}

const networkMembers = [
  'format',
  'sequence',
  'issuedAt',
  'name',
  'magic',
  'production',
  'validators',
  'genesis',
  'protocol',
  'software',
  'council',
  'turnMs',
] as const

function parseNetwork(json: Json | undefined): NetworkFile {
  const network = objectOf(json, 'network', networkMembers)
  if (network.format !== 'hufu-network-file') throw wrong('format', 'hufu-network-file')
  const { name, production, issuedAt, council } = network
  if (typeof name !== 'string' || !isNetworkName(name)) throw wrong('name', 'a label of lower-case letters and digits')
  if (typeof production !== 'boolean') throw wrong('production', 'true or false')
  if (typeof issuedAt !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(issuedAt)) throw wrong('issuedAt', 'a time in UTC')
  if (council !== null && (typeof council !== 'string' || !/^[0-9a-f]{40}$/.test(council))) throw wrong('council', 'a script hash or null')
  const validators = listOf(network.validators, 'validators', 1, maxValidators).map((each, index) =>
    parseValidator(each, `validators[${index}]`),
  )
  for (const key of ['name', 'publicKey', 'p2p'] as const) {
    if (new Set(validators.map(each => each[key])).size !== validators.length)
      throw wrong('validators', `a ${key} of its own in each entry`)
  }
  return {
    format: 'hufu-network-file',
    sequence: integerOf(network.sequence, 'sequence', 1, 1_000_000),
    issuedAt,
    name,
    magic: integerOf(network.magic, 'magic', 0, 0xffffffff),
    production,
    validators,
    genesis: parseGenesis(network.genesis),
    protocol: parseProtocol(network.protocol),
    software: listOf(network.software, 'software', 1, 64).map((each, index) => parseSoftware(each, `software[${index}]`)),
    council,
    turnMs: integerOf(network.turnMs, 'turnMs', 1_000, 86_400_000),
  }
}

function parseValidator(json: Json, path: string): NetworkFileValidator {
  const { name, publicKey, seatKey, p2p, rpcUrl, metricsUrl } = objectOf(
    json,
    path,
    ['name', 'publicKey', 'p2p', 'rpcUrl', 'metricsUrl'],
    ['seatKey'],
  )
  if (typeof name !== 'string' || !isNetworkName(name)) throw wrong(`${path}.name`, 'a label of lower-case letters and digits')
  if (typeof p2p !== 'string' || !isHostAndPort(p2p)) throw wrong(`${path}.p2p`, 'host:port')
  return {
    name,
    publicKey: keyOf(publicKey, `${path}.publicKey`),
    ...(seatKey === undefined ? {} : { seatKey: keyOf(seatKey, `${path}.seatKey`) }),
    p2p,
    rpcUrl: urlOf(rpcUrl, `${path}.rpcUrl`),
    metricsUrl: urlOf(metricsUrl, `${path}.metricsUrl`),
  }
}

function parseGenesis(json: Json | undefined): NetworkFile['genesis'] {
  const { standbyKeys, hash } = objectOf(json, 'genesis', ['standbyKeys', 'hash'])
  const keys = listOf(standbyKeys, 'genesis.standbyKeys', 1, maxValidators).map((key, index) => keyOf(key, `genesis.standbyKeys[${index}]`))
  if (new Set(keys).size !== keys.length) throw wrong('genesis.standbyKeys', 'keys of their own')
  // Follows from the keys: a file that says otherwise was put together wrongly, or by somebody else.
  if (hash !== genesisHash(keys)) throw wrong('genesis.hash', 'the hash that follows from the standby keys')
  return { standbyKeys: keys, hash }
}

const protocolLimits: Readonly<Record<keyof ProtocolSettings, readonly [number, number]>> = {
  timePerBlockMs: [50, 60_000],
  maxTimePerBlockMs: [50, 600_000],
  maxTransactionsPerBlock: [1, 65_535],
  maxBlockBytes: [65_536, 33_554_432],
  maxBlockSystemFeeDatoshi: [1, Number.MAX_SAFE_INTEGER],
  pooledTransactions: [100, 10_000_000],
  maxTraceableBlocks: [1_000, 0x7fffffff],
  maxValidUntilBlockIncrement: [10, 0x7fffffff],
}

function parseProtocol(json: Json | undefined): ProtocolSettings {
  const names = Object.keys(protocolLimits) as (keyof ProtocolSettings)[]
  const protocol = objectOf(json, 'protocol', names)
  return Object.fromEntries(
    names.map(name => [name, integerOf(protocol[name], `protocol.${name}`, ...protocolLimits[name])]),
  ) as unknown as ProtocolSettings
}

function parseSoftware(json: Json, path: string): NetworkFileSoftware {
  const { version, platform, sha256: hash } = objectOf(json, path, ['version', 'platform', 'sha256'])
  if (typeof version !== 'string' || !/^[0-9A-Za-z.+-]{1,64}$/.test(version)) throw wrong(`${path}.version`, 'a version')
  if (typeof platform !== 'string' || !/^[a-z0-9]+-[a-z0-9]+$/.test(platform))
    throw wrong(`${path}.platform`, 'a platform such as linux-amd64')
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw wrong(`${path}.sha256`, '64 hexadecimal digits')
  return { version, platform, sha256: hash }
}

function parseSignature(json: Json, path: string): NetworkFileSignature {
  const { name, publicKey, signature } = objectOf(json, path, ['name', 'publicKey', 'signature'])
  if (typeof name !== 'string' || !isNetworkName(name)) throw wrong(`${path}.name`, 'a label of lower-case letters and digits')
  if (typeof signature !== 'string' || !/^[A-Za-z0-9_-]{86}$/.test(signature)) throw wrong(`${path}.signature`, '64 bytes in base64url')
  return { name, publicKey: keyOf(publicKey, `${path}.publicKey`), signature }
}

function keyOf(json: Json | undefined, path: string): string {
  if (typeof json === 'string' && /^[0-9a-f]{66}$/.test(json)) {
    try {
      parsePublicKey('P-256', hexToBytes(json))
      return json
    } catch (error) {
      if (errorCode(error) === undefined) throw error
    }
  }
  throw wrong(path, 'a compressed P-256 key of 66 lower-case hexadecimal digits')
}

function urlOf(json: Json | undefined, path: string): string {
  const url = typeof json === 'string' ? URL.parse(json) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    throw wrong(path, 'a URL of http or https without user and password')
  return json as string
}

function isHostAndPort(text: string): boolean {
  try {
    parseHostPort(text)
    return true
  } catch {
    return false
  }
}

function integerOf(json: Json | undefined, path: string, min: number, max: number): number {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < min || json > max) throw wrong(path, `an integer from ${min} to ${max}`)
  return json
}

function listOf(json: Json | undefined, path: string, min: number, max: number): readonly Json[] {
  if (!Array.isArray(json) || json.length < min || json.length > max) throw wrong(path, `${min} to ${max} entries`)
  return json
}

function objectOf<Name extends string>(
  json: Json | undefined,
  path: string,
  required: readonly Name[],
  optional: readonly string[] = [],
): Readonly<Record<string, Json>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object')
  const record = json as Readonly<Record<string, Json>>
  const missing = required.find(name => record[name] === undefined)
  if (missing !== undefined) throw wrong(`${path}.${missing}`, 'a value')
  if (Object.keys(record).some(name => !(required as readonly string[]).includes(name) && !optional.includes(name)))
    throw wrong(path, `no members but ${[...required, ...optional].join(', ')}`)
  return record
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text)
  } catch (cause) {
    throw new ValidatorError('ERR_VALIDATOR_NETWORK_FILE', 'network file: expected JSON', { cause })
  }
}

function wrong(path: string, expected: string): ValidatorError {
  return new ValidatorError('ERR_VALIDATOR_NETWORK_FILE', `network file: ${path}: expected ${expected}`)
}
