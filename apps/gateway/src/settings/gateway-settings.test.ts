import { publicKeyToMultikey } from '@hufu/keys'
import { fixedSigner } from '@hufu/testkit'
import { expect, test } from 'vitest'
import { parseGatewaySettings } from './gateway-settings.ts'

const name = { 'zh-CN': '网关', en: 'Gateway' }
const publicKey = publicKeyToMultikey((await fixedSigner('counterpart')).publicKey)
const counterpart = {
  ...{ did: 'did:neo:pilot:B', name, url: 'https://gateway.example/', networks: ['neo3:8'] },
  ...{ keyId: 'did:neo:pilot:B#a', publicKey, keyFile: 'b.json' },
}
const view = { network: 'neo3:7', contract: '9', path: ['*'], minAssurance: { kind: 'lightClient' } }
const settings = {
  did: 'did:neo:pilot:A',
  name,
  networks: [
    { id: 'neo3:7', name, chain: { kind: 'neo', networkFile: 'network.json' } },
    { id: 'neo3:8', name },
  ],
  counterparts: [counterpart],
  views: [view],
}

test('reads who it is, what it speaks for, with whom, and what it shows', () => {
  const read = parseGatewaySettings(JSON.stringify(settings))
  expect(read).toMatchObject({ did: 'did:neo:pilot:A', lockForMs: 3_600_000, views: [view] })
  expect(read.counterparts[0]).toMatchObject({ url: 'https://gateway.example', networks: ['neo3:8'] })
  expect(read.counterparts[0]!.publicKey?.algorithm).toBe('P-256')
})

const ed25519 = publicKeyToMultikey((await fixedSigner('counterpart', 'Ed25519')).publicKey)

test.each([
  ['no JSON', '{', 'expected JSON'],
  ['a member too many', { ...settings, extra: 1 }, 'GATEWAY_FILE'],
  ['no network', { ...settings, networks: [] }, '/networks'],
  ['a name that is no network’s', { ...settings, networks: [{ id: 'neo7', name }] }, '/networks/0/id'],
  ['a network twice', { ...settings, networks: [...settings.networks, settings.networks[0]] }, 'different ids'],
  ['itself as counterpart', { ...settings, counterparts: [{ ...counterpart, did: settings.did, keyId: `${settings.did}#a` }] }, 'our own'],
  ['one key file for two', { ...settings, counterparts: [counterpart, { ...counterpart, did: 'did:x:C', keyId: 'did:x:C#a' }] }, 'keyFile'],
  ['a key of another DID', { ...settings, counterparts: [{ ...counterpart, keyId: 'did:neo:pilot:C#a' }] }, 'keyId'],
  ['a key of another curve', { ...settings, counterparts: [{ ...counterpart, publicKey: ed25519 }] }, 'P-256'],
  ['a key that is none', { ...settings, counterparts: [{ ...counterpart, publicKey: 'zabc' }] }, '/counterparts/0/publicKey'],
  [
    'a counterpart’s network that is unknown',
    { ...settings, counterparts: [{ ...counterpart, networks: ['neo3:9'] }] },
    'some of /networks',
  ],
  ['a view of a network without a chain', { ...settings, views: [{ ...view, network: 'neo3:8' }] }, '/views/0/network'],
  ['a view for nobody known', { ...settings, views: [{ ...view, counterparts: ['did:neo:pilot:C'] }] }, '/views/0/counterparts'],
  ['a view of any assurance', { ...settings, views: [{ ...view, minAssurance: undefined }] }, '/views/0'],
])('refuses %s', (_, value, problem) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  expect(() => parseGatewaySettings(text)).toThrow(
    expect.objectContaining({ code: 'ERR_SERVICE_CONFIG', message: expect.stringContaining(problem) }),
  )
})
