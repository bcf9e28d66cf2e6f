import { importSigner, type Signer } from '@hufu/keys'
import { bytesToHex, hexToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import vectors from '../vectors/neo-go-transactions.json' with { type: 'json' }
import { type Account, multisigAccount, singleAccount } from './account.ts'
import { addressOfScriptHash } from './address.ts'
import type { Argument } from './argument.ts'
import { callScript } from './call-script.ts'
import { networkFee } from './network-fee.ts'
import { parseScriptHash } from './script-hash.ts'
import { ScriptWriter } from './script-writer.ts'
import { signTransaction } from './sign-transaction.ts'
import { type TransactionSigner, type UnsignedTransaction, unsignedTransactionBytes } from './transaction.ts'

const keys = await Promise.all(vectors.secrets.map(secret => importSigner('P-256', hexToBytes(secret))))
const policy = { feePerByteDatoshi: BigInt(vectors.feePerByteDatoshi), execFeeFactorPico: BigInt(vectors.execFeeFactorPico) }
const contract = parseScriptHash('d2a4cff31913016155e38e474a2c06d08be276cf')

function account(threshold: number, count: number, signers: readonly Signer[] = keys.slice(0, count)): Account {
  return count === 1
    ? singleAccount(signers[0]!)
    : multisigAccount(
        threshold,
        keys.slice(0, count).map(key => key.publicKey),
        signers,
      )
}

describe('as neo-go', () => {
  test.each(vectors.accounts)('makes the account of $threshold of $keys keys', vector => {
    const made = account(vector.threshold, vector.keys)
    expect(bytesToHex(made.verificationScript)).toBe(vector.verificationScript)
    expect(made.scriptHash).toBe(vector.scriptHash)
    expect(addressOfScriptHash(made.scriptHash)).toBe(vector.address)
  })

  test.each(vectors.integers)('pushes the integer $value', ({ value, script }) => {
    expect(bytesToHex(new ScriptWriter().integer(BigInt(value)).toBytes())).toBe(script)
  })

  test('writes calls with every type of argument', () => {
    const long = hexToBytes(vectors.calls.long)
    const args: readonly Argument[] = [
      { type: 'Hash160', value: contract },
      { type: 'ByteArray', value: new TextEncoder().encode('document') },
      { type: 'Any', value: null },
      { type: 'Integer', value: 86_400_000n },
      { type: 'Boolean', value: true },
      { type: 'Boolean', value: false },
      { type: 'String', value: '名字' },
      { type: 'PublicKey', value: keys[0]!.publicKey.bytes },
      {
        type: 'Array',
        value: [
          { type: 'Integer', value: 1n },
          { type: 'Array', value: [] },
          { type: 'ByteArray', value: new Uint8Array() },
          { type: 'ByteArray', value: long },
        ],
      },
      { type: 'Integer', value: -5n },
    ]
    const symbol = { contract, method: 'symbol', args: [] }
    expect(bytesToHex(callScript([{ contract, method: 'register', args }], 'all'))).toBe(vectors.calls.full)
    expect(bytesToHex(callScript([symbol], 'readOnly'))).toBe(vectors.calls.empty)
    expect(bytesToHex(callScript([symbol, symbol], 'readOnly'))).toBe(vectors.calls.two)
  })

  test.each(vectors.transactions)('writes, hashes, signs and prices a transaction: $name', async vector => {
    const accounts = vector.accounts.map(([threshold, count], index) => account(threshold!, count!, replaying(vector.signatures[index]!)))
    const transaction: UnsignedTransaction = {
      nonce: vector.nonce,
      systemFeeDatoshi: BigInt(vector.systemFee),
      networkFeeDatoshi: BigInt(vector.networkFee),
      validUntilBlock: vector.validUntilBlock,
      signers: accounts.map(({ scriptHash }, index) => signer(vector.name, scriptHash, index)),
      script: hexToBytes(vector.script),
    }
    expect(bytesToHex(unsignedTransactionBytes(transaction))).toBe(vector.unsigned)
    const signed = await signTransaction(transaction, accounts, vectors.magic)
    expect(signed.hash).toBe(vector.hash)
    expect(bytesToHex(signed.bytes)).toBe(vector.signed)
    expect(networkFee(transaction, accounts, policy)).toBe(BigInt(vector.neededNetworkFee))
  })
})

test('refuses integers over 256 bits', () => {
  expect(() => new ScriptWriter().integer(2n ** 255n)).toThrow(TypeError)
  expect(() => new ScriptWriter().integer(-(2n ** 255n) - 1n)).toThrow(TypeError)
})

test('refuses to sign with too few keys at hand', async () => {
  const poor = account(3, 4, keys.slice(0, 2))
  const transaction: UnsignedTransaction = {
    nonce: 1,
    systemFeeDatoshi: 1n,
    networkFeeDatoshi: 1n,
    validUntilBlock: 1,
    signers: [{ account: poor.scriptHash, scope: 'None' }],
    script: Uint8Array.of(0x40),
  }
  await expect(signTransaction(transaction, [poor], vectors.magic)).rejects.toThrow(TypeError)
  await expect(signTransaction(transaction, [], vectors.magic)).rejects.toThrow(TypeError)
  await expect(signTransaction(transaction, [account(1, 1)], vectors.magic)).rejects.toThrow(TypeError)
})

function signer(name: string, scriptHash: Account['scriptHash'], index: number): TransactionSigner {
  if (index === 0 && name !== 'one account') return { account: scriptHash, scope: 'None' }
  const allowedContracts = name === 'allowed contracts' ? [contract, parseScriptHash(vectors.otherContract)] : []
  return { account: scriptHash, scope: 'CalledByEntry', allowedContracts }
}

/** Signers that repeat neo-go's signatures, which are deterministic while WebCrypto's are not. Given last key first: the account must sort them. */
function replaying(signatures: readonly string[]): readonly Signer[] {
  return signatures.toReversed().map(pair => {
    const [key, signature] = pair.split(':')
    const found = keys.find(each => bytesToHex(each.publicKey.bytes) === key)!
    return { publicKey: found.publicKey, sign: async () => hexToBytes(signature!) }
  })
}
