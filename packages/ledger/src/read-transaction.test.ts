import { importSigner } from '@hufu/keys'
import { bytesToHex, concatBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { multisigAccount } from './account.ts'
import type { Argument } from './argument.ts'
import { callScript } from './call-script.ts'
import type { ContractCall } from './contract-call.ts'
import { joinSignatures, transactionId, transactionMessage } from './join-signatures.ts'
import { readCallScript } from './read-call-script.ts'
import { readTransaction } from './read-transaction.ts'
import { parseScriptHash } from './script-hash.ts'
import { ScriptWriter } from './script-writer.ts'
import { signTransaction } from './sign-transaction.ts'
import { stackItemOfArgument } from './stack-item-of-argument.ts'
import { type UnsignedTransaction, unsignedTransactionBytes } from './transaction.ts'

const refused = expect.objectContaining({ code: 'ERR_LEDGER_TRANSACTION' })
const contract = parseScriptHash('d2a4cff31913016155e38e474a2c06d08be276cf')
const other = parseScriptHash('cc5e4edd9f5f8dba8bb65734541df7a1c081c67b')
const args: readonly Argument[] = [
  { type: 'Hash160', value: other },
  { type: 'Hash256', value: '01'.repeat(32) },
  { type: 'Any', value: null },
  ...[-1n, 0n, 15n, 16n, 127n, 128n, -129n, 1n << 40n, -(1n << 254n)].map(value => ({ type: 'Integer', value }) as const),
  { type: 'Boolean', value: true },
  { type: 'Boolean', value: false },
  { type: 'String', value: '名字' },
  { type: 'ByteArray', value: new Uint8Array(10_000) },
  {
    type: 'Array',
    value: [
      { type: 'Integer', value: 1n },
      { type: 'Array', value: [] },
      { type: 'ByteArray', value: Uint8Array.of(1) },
    ],
  },
]
const calls: readonly ContractCall[] = [
  { contract, method: 'first', args },
  { contract: other, method: 'second', args: [] },
]
const transaction: UnsignedTransaction = {
  nonce: 0xfffffffe,
  systemFeeDatoshi: 123n,
  networkFeeDatoshi: 45n,
  validUntilBlock: 86_400,
  signers: [
    { account: contract, scope: 'None' },
    { account: other, scope: 'CalledByEntry', allowedContracts: [contract] },
  ],
  script: callScript(calls, 'all'),
}

describe('reading what is to be signed', () => {
  test('gives back what was written', () => {
    expect(readTransaction(unsignedTransactionBytes(transaction))).toEqual(transaction)
    expect(readCallScript(transaction.script)).toEqual(calls.map(call => ({ ...call, args: call.args.map(stackItemOfArgument) })))
  })

  test('refuses whatever is cut short, longer, or changed in a byte that decides its form', () => {
    const bytes = unsignedTransactionBytes(transaction)
    for (let length = 0; length < bytes.length; length += 7) expect(() => readTransaction(bytes.subarray(0, length))).toThrow(refused)
    expect(() => readTransaction(concatBytes(bytes, Uint8Array.of(0)))).toThrow(refused)
    const changed = (offset: number, value: number) => bytes.with(offset, value)
    expect(() => readTransaction(changed(0, 1))).toThrow(refused)
    expect(() => readTransaction(changed(25, 0))).toThrow(refused)
    // Global: the signature would count everywhere.
    expect(() => readTransaction(changed(25 + 1 + 20, 0x80))).toThrow(refused)
  })

  test('refuses a signer twice', () => {
    const { signers } = transaction
    expect(() => readTransaction(unsignedTransactionBytes({ ...transaction, signers: [signers[0]!, signers[0]!] }))).toThrow(refused)
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['a push that no call uses', new ScriptWriter().integer(1n).toBytes()],
    ['something before a call', concatBytes(new ScriptWriter().integer(1n).toBytes(), callScript(calls, 'all'))],
    ['something after a call', concatBytes(callScript(calls, 'all'), Uint8Array.of(0x45))],
    ['another system call', new ScriptWriter().bytes(new Uint8Array(33)).sysCall('System.Crypto.CheckSig').toBytes()],
    ['calls that only read', callScript(calls, 'readOnly')],
    ['half a call', callScript(calls, 'all').slice(0, -2)],
  ])('refuses a script with %s', (_, script) => {
    expect(() => readCallScript(script)).toThrow(refused)
  })
})

test('joined signatures are what the account itself would have signed, and too few are none', async () => {
  const signers = await Promise.all([1, 2, 3].map(byte => importSigner('P-256', new Uint8Array(32).fill(byte))))
  const keys = signers.map(({ publicKey }) => publicKey)
  const account = multisigAccount(2, keys, signers)
  const own = { ...transaction, signers: [{ account: account.scriptHash, scope: 'CalledByEntry', allowedContracts: [] }] } as const
  const unsigned = unsignedTransactionBytes(own)
  const message = transactionMessage(unsigned, 7)
  const signatures = new Map(
    await Promise.all(signers.map(async signer => [bytesToHex(signer.publicKey.bytes), await signer.sign(message)] as const)),
  )
  const joined = joinSignatures(unsigned, account, signatures)
  expect(joined.hash).toBe(transactionId(unsigned))
  const { hash, bytes } = await signTransaction(own, [account], 7)
  expect(joined.hash).toBe(hash)
  expect(joined.bytes.length).toBe(bytes.length)
  expect(() => joinSignatures(unsigned, account, new Map([...signatures].slice(0, 1)))).toThrow(TypeError)
})
