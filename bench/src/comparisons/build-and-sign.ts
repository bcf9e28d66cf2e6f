import { sc, tx, u, wallet } from '@cityofzion/neon-js'
import { importSigner } from '@hufu/keys'
import { addressOfScriptHash, callScript, nativeContracts, parseScriptHash, signTransaction, singleAccount } from '@hufu/ledger'
import { gasTransfer } from '@hufu/network'
import { hexToBytes } from '@hufu/primitives'
import type { Comparison } from '../compare.ts'
import { inFlight } from '../fixtures/in-flight.ts'
import { timed } from '../fixtures/timed.ts'
import { npmPeer } from '../peers.ts'

const oursPerRun = 4_000
const neonPerRun = 300
/** Ours signs on WebCrypto's threads; neon-js within the call, so more at a time would not help it. */
const atATime = 16
const secret = '11'.repeat(32)
const magic = 20_260_101
const systemFeeDatoshi = 1_000_000n
const networkFeeDatoshi = 200_000n
const validUntilBlock = 1_000
const receiver = parseScriptHash('00112233445566778899aabbccddeeff00112233')

const account = singleAccount(await importSigner('P-256', hexToBytes(secret)))
const neonAccount = new wallet.Account(secret)

/** A transfer of GAS from its parts to bytes that can be sent. */
export const buildAndSign: Comparison = {
  name: 'build-and-sign',
  description: `build, sign and serialise a transfer of GAS, ${atATime} at a time, or the same with neon-js`,
  peer: () => npmPeer('@cityofzion/neon-js'),
  measures: [{ figure: 'perSecond', of: 'A/B', goal: { atLeast: 10 } }],
  async open() {
    const [ours, neon] = [await signOurs(1), signWithNeon(1)]
    if (ours.hash !== neon.hash || ours.length !== neon.length) throw new Error('expected both to make the same transaction')
    return {
      a: { name: 'hufu', run: () => timed(oursPerRun, () => inFlight(numbers(oursPerRun), atATime, signOurs)) },
      b: { name: 'neon-js', run: () => timed(neonPerRun, async () => numbers(neonPerRun).map(signWithNeon)) },
      close: async () => undefined,
    }
  },
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

/** @param nonce - makes each another transaction, as does the amount */
async function signOurs(nonce: number): Promise<{ hash: string; length: number }> {
  const script = callScript([gasTransfer(account.scriptHash, receiver, BigInt(nonce))], 'all')
  const signers = [{ account: account.scriptHash, scope: 'CalledByEntry', allowedContracts: [] }] as const
  const transaction = { nonce, systemFeeDatoshi, networkFeeDatoshi, validUntilBlock, signers, script }
  const { hash, bytes } = await signTransaction(transaction, [account], magic)
  return { hash, length: bytes.length }
}

function signWithNeon(nonce: number): { hash: string; length: number } {
  const transaction = new tx.Transaction({
    nonce,
    systemFee: u.BigInteger.fromNumber(Number(systemFeeDatoshi)),
    networkFee: u.BigInteger.fromNumber(Number(networkFeeDatoshi)),
    validUntilBlock,
    signers: [{ account: neonAccount.scriptHash, scopes: tx.WitnessScope.CalledByEntry }],
    script: sc.createScript({
      scriptHash: nativeContracts.gasToken,
      operation: 'transfer',
      args: [
        sc.ContractParam.hash160(neonAccount.address),
        sc.ContractParam.hash160(addressOfScriptHash(receiver)),
        sc.ContractParam.integer(nonce),
        sc.ContractParam.any(null),
      ],
    }),
  })
  transaction.sign(neonAccount, magic)
  return { hash: transaction.hash(), length: transaction.serialize(true).length / 2 }
}
