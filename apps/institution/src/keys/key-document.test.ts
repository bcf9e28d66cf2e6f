import { didOf } from '@hufu/did'
import { singleAccount } from '@hufu/ledger'
import { fixedSigner } from '@hufu/testkit'
import { expect, test } from 'vitest'
import { listsKey, withKey, withoutKey } from './key-document.ts'

const did = didOf('test', singleAccount(await fixedSigner('document')).scriptHash)

test('a key that comes is listed for both purposes, one that goes is named nowhere, and the rest stays', async () => {
  const { publicKey } = await fixedSigner('document')
  const first = withKey({ id: did, alsoKnownAs: ['https://bank.example/'] }, `${did}#key-1`, publicKey)
  const both = withKey(first, `${did}#key-2`, publicKey)
  expect(both).toMatchObject({ assertionMethod: [`${did}#key-1`, `${did}#key-2`], authentication: [`${did}#key-1`, `${did}#key-2`] })
  expect([listsKey(both, `${did}#key-2`), listsKey(first, `${did}#key-2`)]).toEqual([true, false])
  expect(withoutKey(both, `${did}#key-2`)).toEqual(first)
  expect(JSON.stringify(withoutKey(both, `${did}#key-1`))).not.toContain('#key-1')
})
