import { type Json, parseJson } from '@hufu/primitives'
import { beforeAll, describe, expect, test } from 'vitest'
import { portsFrom } from '../ports.ts'
import {
  type NetworkFile,
  networkFileFingerprint,
  networkFileText,
  parseNetworkFile,
  type SignedNetworkFile,
  signNetworkFile,
  verifyNetworkFile,
} from './network-file.ts'
import { signedBy, testNetworkFile, testPassword } from './validator-fixture.ts'
import { newWallet, openWalletKey, type ValidatorWallet } from './validator-wallet.ts'

const cheap = { n: 2, r: 1, p: 1 }
let wallets: ValidatorWallet[]
let network: NetworkFile
let file: SignedNetworkFile
let fingerprint: string

beforeAll(async () => {
  wallets = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(city => newWallet(`city-${city}`, testPassword, cheap)))
  network = await testNetworkFile(wallets, portsFrom(20_000, 7))
  file = await signedBy(network, wallets.slice(0, 5))
  fingerprint = networkFileFingerprint(network)
})

const code = (name: string) => expect.objectContaining({ code: `ERR_VALIDATOR_${name}` })

function changed(change: (json: Record<string, unknown>) => void): string {
  const json = JSON.parse(networkFileText(file)) as { network: Record<string, unknown> }
  change(json.network)
  return JSON.stringify(json)
}

describe('a network file', () => {
  test('that a quorum signed and whose fingerprint was compared is believed', async () => {
    expect(await verifyNetworkFile(networkFileText(file), { fingerprint })).toEqual(network)
    expect(await verifyNetworkFile(networkFileText(file), { fingerprint: fingerprint.toUpperCase().replaceAll('-', ' ') })).toEqual(network)
  })

  test('is not believed with one signature less', async () => {
    const text = networkFileText({ network, signatures: file.signatures.slice(1) })
    await expect(verifyNetworkFile(text, { fingerprint })).rejects.toEqual(code('NETWORK_FILE'))
  })

  test('is not believed with one signature twice instead of two', async () => {
    const text = networkFileText({ network, signatures: [...file.signatures.slice(1), file.signatures[1]!] })
    await expect(verifyNetworkFile(text, { fingerprint })).rejects.toEqual(code('NETWORK_FILE'))
  })

  test.each<[string, (json: Record<string, unknown>) => void]>([
    [
      'another magic',
      json => {
        json.magic = 1
      },
    ],
    [
      'another peer address',
      json => {
        ;(json.validators as { p2p: string }[])[2]!.p2p = '10.0.0.9:20333'
      },
    ],
    [
      'another program',
      json => {
        ;(json.software as { sha256: string }[])[0]!.sha256 = 'ab'.repeat(32)
      },
    ],
    [
      'production taken off',
      json => {
        json.production = !(json.production as boolean)
      },
    ],
    [
      'another block time',
      json => {
        ;(json.protocol as { timePerBlockMs: number }).timePerBlockMs = 250
      },
    ],
    [
      'another council',
      json => {
        json.council = '11'.repeat(20)
      },
    ],
  ])('is not believed with %s', async (_, change) => {
    await expect(verifyNetworkFile(changed(change), { fingerprint })).rejects.toEqual(code('NETWORK_FILE'))
  })

  test.each<[string, (json: Record<string, unknown>) => void]>([
    [
      'a member more',
      json => {
        json.comment = 'hello'
      },
    ],
    [
      'a genesis hash that is not of its keys',
      json => {
        ;(json.genesis as { hash: string }).hash = '00'.repeat(32)
      },
    ],
    [
      'a key that is no point of the curve',
      json => {
        ;(json.validators as { publicKey: string }[])[0]!.publicKey = `02${'ff'.repeat(32)}`
      },
    ],
    [
      'a port out of range',
      json => {
        ;(json.validators as { p2p: string }[])[0]!.p2p = 'host:70000'
      },
    ],
    [
      'a URL with a password',
      json => {
        ;(json.validators as { rpcUrl: string }[])[0]!.rpcUrl = 'http://a:b@host/'
      },
    ],
    [
      'one key for two',
      json => {
        for (const each of json.validators as { publicKey: string }[]) each.publicKey = wallets[0]!.keys[0]!.publicKey
      },
    ],
  ])('is not read with %s', (_, change) => {
    expect(() => parseNetworkFile(changed(change))).toThrow(code('NETWORK_FILE') as never)
  })

  test('of other people is not believed, however well they signed it', async () => {
    const strangers = await Promise.all(wallets.map(wallet => newWallet(wallet.keys[0]!.label, testPassword, cheap)))
    const theirs = await signedBy(await testNetworkFile(strangers, portsFrom(20_000, 7)), strangers)
    await expect(verifyNetworkFile(networkFileText(theirs), { fingerprint })).rejects.toEqual(code('FINGERPRINT'))
    // The keys of genesis are public: they may stand in a stranger's file, and say nothing.
    const disguised = await signedBy({ ...theirs.network, genesis: network.genesis }, strangers)
    await expect(verifyNetworkFile(networkFileText(disguised), { previous: network })).rejects.toEqual(code('NETWORK_FILE'))
  })

  test('that follows another one is signed by a quorum of that one', async () => {
    const stranger = await newWallet('city-7', testPassword, cheap)
    const next: NetworkFile = {
      ...network,
      sequence: 2,
      validators: network.validators.map(each => (each.name === 'city-7' ? { ...each, publicKey: stranger.keys[0]!.publicKey } : each)),
    }
    const signed = await signedBy(next, wallets.slice(0, 5))
    expect(await verifyNetworkFile(networkFileText(signed), { previous: network })).toEqual(next)
    // The newcomer's signature is one of the next file's five, and none of the file before.
    const newcomer = await signNetworkFile(
      { network: next, signatures: signed.signatures.slice(0, 4) },
      'city-7',
      await openWalletKey(stranger, stranger.keys[0]!.publicKey, testPassword),
    )
    await expect(verifyNetworkFile(networkFileText(newcomer), { previous: network })).rejects.toEqual(code('NETWORK_FILE'))
  })

  test('does not take the place of a later one, nor of one of the same number', async () => {
    for (const sequence of [1, 2]) {
      const older = await signedBy({ ...network, sequence, turnMs: 99_000 }, wallets)
      await expect(verifyNetworkFile(networkFileText(older), { previous: { ...network, sequence: 2 } })).rejects.toEqual(
        code('NETWORK_FILE'),
      )
    }
  })

  test('is signed by nobody with a key of somebody else', async () => {
    const signer = await openWalletKey(wallets[1]!, wallets[1]!.keys[0]!.publicKey, testPassword)
    await expect(signNetworkFile(file, 'city-1', signer)).rejects.toEqual(code('SEAT'))
  })

  test('may be signed by the key of the seat', async () => {
    const seat = await newWallet('city-1', testPassword, cheap)
    const seatKey = seat.keys[0]!.publicKey
    const withSeat = { ...network, validators: network.validators.map((each, index) => (index === 0 ? { ...each, seatKey } : each)) }
    const signed = await signedBy(withSeat, [seat, ...wallets.slice(1, 5)])
    expect(await verifyNetworkFile(networkFileText(signed), { fingerprint: networkFileFingerprint(withSeat) })).toEqual(withSeat)
  })

  test('reads the same from any form of its JSON', async () => {
    const text = JSON.stringify(parseJson(networkFileText(file)) as Json)
    expect(await verifyNetworkFile(text, { fingerprint })).toEqual(network)
  })
})
