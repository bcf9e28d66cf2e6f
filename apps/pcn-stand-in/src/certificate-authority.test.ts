// What the library for certificates stands on: must be there before it.
import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { BasicConstraintsExtension, PemConverter, Pkcs10CertificateRequestGenerator, X509CertificateGenerator } from '@peculiar/x509'
import { beforeAll, describe, expect, test } from 'vitest'
import { CertificateAuthority } from './certificate-authority.ts'

const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const p384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' } as const
const nowMs = Date.UTC(2026, 10, 27)

let authority: CertificateAuthority
let authorityCertificate: string

beforeAll(async () => {
  const keys = await crypto.subtle.generateKey(p256, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'C=CN, CN=ca.hospital1.test',
      notBefore: new Date(nowMs - 240_000),
      notAfter: new Date(nowMs + 10 * 365 * 86_400_000),
      keys,
      signingAlgorithm: p256,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    },
    crypto as Crypto,
  )
  authorityCertificate = made.toString('pem')
  const privateKey = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  authority = await CertificateAuthority.open({ certificate: authorityCertificate, privateKey })
})

async function requestOf(name: string, algorithm: typeof p256 | typeof p384 = p256) {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm }, crypto as Crypto)
  return { pem: request.toString('pem'), raw: new Uint8Array(request.rawData), keys }
}

describe('a certificate', () => {
  test('is for the key in the request, a client’s, and of the authority', async () => {
    const { pem, keys } = await requestOf('CN=radiology@app0001')
    const certificate = new X509Certificate(await authority.enroll(pem, 'radiology@app0001', nowMs))
    expect(certificate.subject).toBe('OU=client\nCN=radiology@app0001')
    expect(certificate.verify(new X509Certificate(authorityCertificate).publicKey)).toBe(true)
    expect(certificate.checkIssued(new X509Certificate(authorityCertificate))).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(certificate.publicKey.export({ format: 'jwk' })).toMatchObject({ x: (await crypto.subtle.exportKey('jwk', keys.publicKey)).x! })
    // No earlier than the authority's own, with which Fabric compares it.
    expect(Date.parse(certificate.validFrom)).toBe(nowMs - 240_000)
    const later = new X509Certificate(await authority.enroll(pem, 'radiology@app0001', nowMs + 3_600_000))
    expect(Date.parse(later.validFrom)).toBe(nowMs + 3_300_000)
  })

  test('takes a name as text, and not as further fields', async () => {
    const certificate = new X509Certificate(await authority.issue((await requestOf('CN=a')).keys.publicKey, 'a, OU=admin', nowMs))
    expect(certificate.subject).toBe('OU=client\nCN=a\\, OU=admin')
  })

  test('is not made for another name, another curve, a changed request or none', async () => {
    const { pem, raw } = await requestOf('CN=radiology@app0001')
    await expect(authority.enroll(pem, 'surgery@app0001', nowMs)).rejects.toThrow(/common name/)
    await expect(authority.enroll(pem, 'radiology@app0002', nowMs)).rejects.toThrow(/common name/)
    const twice = await requestOf('CN=radiology@app0001, CN=admin')
    await expect(authority.enroll(twice.pem, 'radiology@app0001', nowMs)).rejects.toThrow(/common name/)
    const other = await requestOf('CN=radiology@app0001', p384)
    await expect(authority.enroll(other.pem, 'radiology@app0001', nowMs)).rejects.toThrow(/secp256r1/)
    const flipped = raw.slice()
    flipped[flipped.length - 1]! ^= 1
    const changed = PemConverter.encode(flipped, 'CERTIFICATE REQUEST')
    await expect(authority.enroll(changed, 'radiology@app0001', nowMs)).rejects.toThrow(/signature/)
    for (const none of ['', 'x', authorityCertificate])
      await expect(authority.enroll(none, 'radiology@app0001', nowMs)).rejects.toThrow(/csrPem/)
  })
})
