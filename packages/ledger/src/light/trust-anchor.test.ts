import { bytesToHex } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { validatorSet } from '../../test/synthetic-chain.ts'
import { trustAnchorOf } from './trust-anchor.ts'

test.each([1, 4, 6, 7])('names the account of a quorum of %i validators, in whatever order the descriptor lists them', async size => {
  const account = await validatorSet('a', size)
  const validators = account.publicKeys.map(key => ({ name: 'n', publicKey: bytesToHex(key.bytes), rpcUrl: '', metricsUrl: '' }))
  expect(trustAnchorOf({ magic: 5, validators: validators.toReversed() })).toEqual({
    magic: 5,
    blockIndex: 0,
    nextConsensus: account.scriptHash,
  })
})
