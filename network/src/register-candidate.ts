import type { Signer } from '@hufu/keys'
import { type Account, asInteger, type LedgerReader, type LedgerWriter, nativeContracts, singleAccount } from '@hufu/ledger'

/** More than a call costs that does little. */
const callFeeDatoshi = 1_00000000n

/**
 * Makes a validator's key one that NEO can vote for; settles once it is, in a block.
 *
 * @param sponsor - pays the price: 1,000 GAS, unless the committee has set another
 * @throws LedgerError as `submit` and `inBlock`
 */
export async function registerCandidate(ledger: LedgerReader & LedgerWriter, signer: Signer, sponsor: Account): Promise<void> {
  const price = asInteger(await ledger.invokeRead({ contract: nativeContracts.neoToken, method: 'getRegisterPrice', args: [] }))
  const account = singleAccount(signer)
  const call = {
    contract: nativeContracts.neoToken,
    method: 'registerCandidate',
    args: [{ type: 'PublicKey', value: signer.publicKey.bytes }],
  } as const
  const write = await ledger.submit([call], {
    account,
    sponsor,
    // Said here, for it is more than a client pays for what a node only says.
    systemFeeDatoshi: price + callFeeDatoshi,
    idempotencyKey: `candidate ${account.scriptHash}`,
  })
  await write.inBlock()
}
