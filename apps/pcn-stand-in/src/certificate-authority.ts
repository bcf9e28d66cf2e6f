// What the library for certificates stands on: must be there before it.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  Pkcs10CertificateRequest,
  type PublicKey,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { Refusal } from './refusal.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const validForMs = 365 * 86_400_000
/** A clock that goes a little behind takes a new certificate, too. */
const backdatedMs = 300_000

/** Makes certificates for an organisation's clients, as its authority would: the stand-in for BSN's. */
export class CertificateAuthority {
  readonly #certificate: X509Certificate
  readonly #key: CryptoKey

  private constructor(certificate: X509Certificate, key: CryptoKey) {
    this.#certificate = certificate
    this.#key = key
  }

  /** @param privateKey - PKCS#8, of P-256; both PEM */
  static async open({
    certificate,
    privateKey,
  }: {
    readonly certificate: string
    readonly privateKey: string
  }): Promise<CertificateAuthority> {
    const key = await crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(privateKey), algorithm, false, ['sign'])
    return new CertificateAuthority(new X509Certificate(certificate), key)
  }

  /**
   * A certificate for whoever made a request, PEM.
   *
   * @param commonName - whom it must name: `name@appCode`
   * @throws Refusal: not a request, of another name or curve, or not signed with its key
   */
  async enroll(csrPem: string, commonName: string, nowMs: number): Promise<string> {
    const request = parseRequest(csrPem)
    const names = request.subjectName.getField('CN')
    if (names.length !== 1 || names[0] !== commonName) throw new Refusal('csrPem: the common name must be name@appCode')
    const { name, namedCurve } = request.publicKey.algorithm as { name?: string; namedCurve?: string }
    if (name !== 'ECDSA' || namedCurve !== 'P-256') throw new Refusal('csrPem: the key must be of secp256r1')
    if (!(await request.verify(crypto as Crypto).catch(() => false))) throw new Refusal('csrPem: the signature is not of the key in it')
    return this.issue(request.publicKey, commonName, nowMs)
  }

  /** A client's certificate, PEM. */
  async issue(publicKey: PublicKey | CryptoKey, commonName: string, nowMs: number): Promise<string> {
    const authorityKeyId = this.#certificate.getExtension(SubjectKeyIdentifierExtension)?.keyId
    const certificate = await X509CertificateGenerator.create(
      {
        // Fabric's roles: a member with this unit is a client.
        subject: new Name([{ OU: ['client'] }, { CN: [{ utf8String: commonName }] }]),
        issuer: this.#certificate.subjectName,
        // Fabric looks whether the authority's certificate was valid when this one began to be.
        notBefore: new Date(Math.max(nowMs - backdatedMs, this.#certificate.notBefore.getTime())),
        notAfter: new Date(nowMs + validForMs),
        publicKey,
        signingKey: this.#key,
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          ...(authorityKeyId === undefined ? [] : [new AuthorityKeyIdentifierExtension(authorityKeyId)]),
        ],
      },
      crypto as Crypto,
    )
    return certificate.toString('pem')
  }
}

function parseRequest(csrPem: string): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(csrPem)
  } catch {
    throw new Refusal('csrPem: expected a certificate request')
  }
}
