import { readFileSync } from 'node:fs'
import { council } from '@hufu/bindings'
import { nativeCalls, type PricedMethod, type Rules, roles, ruleNames, rulesArgument } from '@hufu/council'
import { parsePublicKey } from '@hufu/keys'
import {
  type Argument,
  type ContractCall,
  type NetworkDescriptor,
  parseScriptHash,
  type ScriptHash,
  scriptHashOfAddress,
} from '@hufu/ledger'
import { errorCode, hexToBytes, type Json, utf8ToBytes } from '@hufu/primitives'
import { CliError } from '../errors.ts'
import { readJson } from '../read-json.ts'

/** What changes are made with. */
export interface ChangeContext {
  readonly network: Pick<NetworkDescriptor, 'contracts'>
  /** The council's rules as they are: a change names only what becomes different. */
  readonly rules: Rules
}

type Change = (values: readonly string[], context: ChangeContext) => readonly ContractCall[]

interface NamedChange {
  /** Its values, for help. */
  readonly usage: string
  readonly calls: Change
}

/** What the council can be asked to do, by name. What `hufu trust` and `hufu ceremony publish` propose is not here. */
export const councilChanges: Readonly<Record<string, NamedChange>> = {
  'set-seat': {
    usage: 'SEAT ADDRESS',
    calls: ([name, account], { network }) => [self(network).setSeat({ name: name!, account: hashOf(account!, network) })],
  },
  'remove-seat': { usage: 'SEAT', calls: ([name], { network }) => [self(network).removeSeat({ name: name! })] },
  'set-validator': {
    usage: 'SEAT PUBLIC-KEY',
    calls: ([name, key], { network }) => [self(network).setValidator({ name: name!, publicKey: publicKey(key!).bytes })],
  },
  'set-ballot': {
    usage: 'SEAT CONTRACT',
    calls: ([name, ballot], { network }) => [self(network).setBallot({ name: name!, ballot: hashOf(ballot!, network) })],
  },
  'set-rules': { usage: `NAME=VALUE… (${ruleNames.join(', ')})`, calls: setRules },
  update: { usage: 'CONTRACT NEF-FILE MANIFEST-FILE', calls: update },
  calls: { usage: 'JSON-FILE', calls: callsOfFile },
}

/** What the ledger's committee can be asked to sign, by name. */
export const committeeChanges: Readonly<Record<string, NamedChange>> = {
  'fee-per-byte': { usage: 'DATOSHI', calls: ([value]) => [nativeCalls.setFeePerByte(whole(value!))] },
  'exec-fee-factor': { usage: 'FACTOR', calls: ([value]) => [nativeCalls.setExecFeeFactor(whole(value!))] },
  'storage-price': { usage: 'DATOSHI', calls: ([value]) => [nativeCalls.setStoragePrice(whole(value!))] },
  'block-time': { usage: 'MILLISECONDS', calls: ([value]) => [nativeCalls.setMillisecondsPerBlock(whole(value!))] },
  'block-account': { usage: 'ADDRESS', calls: ([account], { network }) => [nativeCalls.blockAccount(hashOf(account!, network))] },
  'unblock-account': { usage: 'ADDRESS', calls: ([account], { network }) => [nativeCalls.unblockAccount(hashOf(account!, network))] },
  'fix-fee': {
    usage: 'CONTRACT METHOD ARGUMENT-COUNT DATOSHI',
    calls: ([contract, method, count, datoshi], { network }) => [
      nativeCalls.setWhitelistFee(priced(contract!, method!, count!, network), whole(datoshi!)),
    ],
  },
  'fix-fee-anew': {
    usage: 'CONTRACT METHOD ARGUMENT-COUNT DATOSHI',
    calls: ([contract, method, count, datoshi], { network }) => {
      const of = priced(contract!, method!, count!, network)
      return [nativeCalls.removeWhitelistFee(of), nativeCalls.setWhitelistFee(of, whole(datoshi!))]
    },
  },
  'free-fee': {
    usage: 'CONTRACT METHOD ARGUMENT-COUNT',
    calls: ([contract, method, count], { network }) => [nativeCalls.removeWhitelistFee(priced(contract!, method!, count!, network))],
  },
  designate: {
    usage: `ROLE PUBLIC-KEY… (${Object.keys(roles).join(', ')})`,
    calls: ([role, ...keys]) => {
      if (!Object.hasOwn(roles, role!) || keys.length === 0)
        throw usage(`expected a role of ${Object.keys(roles).join(', ')}, and public keys`)
      return [nativeCalls.designateAsRole(role as keyof typeof roles, keys.map(publicKey))]
    },
  },
  calls: { usage: 'JSON-FILE', calls: callsOfFile },
}

/** The calls of a change by its name. @throws CliError `ERR_CLI_USAGE`, `ERR_CLI_FILE`; LedgerError `ERR_LEDGER_SCRIPT_HASH` */
export function parseChange(
  changes: Readonly<Record<string, NamedChange>>,
  name: string,
  values: readonly string[],
  context: ChangeContext,
): readonly ContractCall[] {
  const change = Object.hasOwn(changes, name) ? changes[name]! : undefined
  if (change === undefined) throw usage(`expected one of ${Object.keys(changes).join(', ')}`)
  const expected = change.usage.split(' (')[0]!.split(' ')
  const isOpenEnded = change.usage.includes('…')
  if (values.length < expected.length || (!isOpenEnded && values.length > expected.length)) throw usage(`expected: ${name} ${change.usage}`)
  return change.calls(values, context)
}

/** All changes with their values, a line each. */
export function changeLines(changes: Readonly<Record<string, NamedChange>>): string {
  return Object.entries(changes)
    .map(([name, change]) => `  ${name} ${change.usage}`)
    .join('\n')
}

function self(network: ChangeContext['network']) {
  return council(network.contracts.council.hash)
}

/** Of an address, a hash, or the name of a contract of ours. */
function hashOf(text: string, { contracts }: ChangeContext['network']): ScriptHash {
  const known = Object.hasOwn(contracts, text) ? contracts[text as keyof typeof contracts] : undefined
  if (known !== undefined) return known.hash
  return /^(0x)?[0-9a-f]{40}$/.test(text) ? parseScriptHash(text) : scriptHashOfAddress(text)
}

function publicKey(hex: string) {
  return parsePublicKey('P-256', hexToBytes(hex))
}

function whole(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw usage('expected a whole number that is not negative')
  return BigInt(text)
}

function priced(contract: string, method: string, count: string, network: ChangeContext['network']): PricedMethod {
  return { contract: hashOf(contract, network), method, argumentCount: Number(whole(count)) }
}

function setRules(values: readonly string[], { network, rules }: ChangeContext): readonly ContractCall[] {
  const changed = values.map(value => {
    const [name = '', number = ''] = value.split('=', 2)
    if (!ruleNames.some(known => known === name)) throw usage(`expected NAME=VALUE with a name of ${ruleNames.join(', ')}`)
    return [name, Number(whole(number))] as const
  })
  const given = rulesArgument({ ...rules, ...Object.fromEntries(changed) })
  return [{ contract: network.contracts.council.hash, method: 'setRules', args: [given] }]
}

function update([name, nefFile, manifestFile]: readonly string[], { network }: ChangeContext): readonly ContractCall[] {
  const nef = new Uint8Array(readFileSync(nefFile!))
  const manifest = utf8ToBytes(JSON.stringify(readJson(manifestFile!)))
  const args: readonly Argument[] = [
    { type: 'ByteArray', value: nef },
    { type: 'ByteArray', value: manifest },
    { type: 'Any', value: null },
  ]
  return [{ contract: hashOf(name!, network), method: 'update', args }]
}

/** `[{ "contract": name or hash, "method": …, "args": [{ "type": …, "value": … }] }]`; bytes and keys as hexadecimal digits, integers as decimal text. */
function callsOfFile([file]: readonly string[], { network }: ChangeContext): readonly ContractCall[] {
  const calls = readJson(file!)
  if (!Array.isArray(calls)) throw new CliError('ERR_CLI_FILE', `file ${file} holds no list of calls`)
  return calls.map(call => {
    const { contract, method, args } = (call ?? {}) as Readonly<Record<string, Json | undefined>>
    if (typeof contract !== 'string' || typeof method !== 'string' || !Array.isArray(args))
      throw new CliError('ERR_CLI_FILE', `file ${file}: expected contract, method and args of each call`)
    return { contract: hashOf(contract, network), method, args: args.map(arg => argumentOf(arg, network)) }
  })
}

function argumentOf(json: Json, network: ChangeContext['network']): Argument {
  const { type, value } = (json ?? {}) as Readonly<Record<string, Json | undefined>>
  if (type === 'Any' && value === null) return { type, value }
  if (type === 'Boolean' && typeof value === 'boolean') return { type, value }
  if (type === 'Array' && Array.isArray(value)) return { type, value: value.map(member => argumentOf(member, network)) }
  if (typeof value === 'string') {
    if (type === 'Hash160') return { type, value: hashOf(value, network) }
    if (type === 'String' || type === 'Hash256') return { type, value }
    if (type === 'ByteArray' || type === 'PublicKey') return { type, value: bytesOf(value) }
    if (type === 'Integer' && /^-?\d{1,78}$/.test(value)) return { type, value: BigInt(value) }
  }
  throw new CliError('ERR_CLI_FILE', 'expected arguments of a type and a value that fits it')
}

function bytesOf(hex: string): Uint8Array {
  try {
    return hexToBytes(hex)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    throw new CliError('ERR_CLI_FILE', 'expected bytes as hexadecimal digits')
  }
}

function usage(message: string): CliError {
  return new CliError('ERR_CLI_USAGE', message)
}
