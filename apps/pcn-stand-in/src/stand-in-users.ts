import { timingSafeEqual } from 'node:crypto'
import { publicKeyFromJwk, subtleSigner } from '@hufu/keys'
import type { FabricUser } from '@hufu/pcn'
import { bytesToBase64url, randomBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import type { CertificateAuthority } from './certificate-authority.ts'
import { Refusal } from './refusal.ts'

interface Known {
  readonly secretHash: Uint8Array
  /** Where the stand-in keeps the key. */
  readonly user: FabricUser | null
  readonly isEnrolled: boolean
}

/** Settings of {@link StandInUsers}. */
export interface StandInUsersOptions {
  readonly authority: CertificateAuthority
  readonly mspId: string
  readonly appCode: string
  /** 1: the stand-in makes and keeps the users' keys; 2: they do. */
  readonly caType: 1 | 2
}

const maxUsers = 1_000

/** A DApp's users. In memory: a stand-in forgets. */
export class StandInUsers {
  readonly #options: StandInUsersOptions
  readonly #users = new Map<string, Known>()

  constructor(options: StandInUsersOptions) {
    this.#options = options
  }

  /** @returns the secret, drawn if none was given. @throws Refusal: there is one of that name */
  async register(name: string, wantedSecret: string, nowMs: number): Promise<string> {
    if (this.#users.has(name) || this.#users.size >= maxUsers)
      throw new Refusal('name: there is a user of that name, or there are too many')
    const secret = wantedSecret === '' ? bytesToBase64url(randomBytes(12)) : wantedSecret
    const { caType } = this.#options
    const user = caType === 1 ? await this.#makeUser(name, nowMs) : null
    this.#users.set(name, { secretHash: sha256(utf8ToBytes(secret)), user, isEnrolled: caType === 1 })
    return secret
  }

  /** @returns the certificate, PEM. @throws Refusal: another secret, enrolled before, or the request is not in order */
  async enroll(name: string, secret: string, csrPem: string, nowMs: number): Promise<string> {
    const { authority, caType } = this.#options
    const known = this.#users.get(name)
    if (known === undefined || !timingSafeEqual(known.secretHash, sha256(utf8ToBytes(secret))))
      throw new Refusal('name: no user with this secret')
    if (caType !== 2 || known.isEnrolled) throw new Refusal('name: enrolled before, or in a mode without enrolment')
    const certificate = await authority.enroll(csrPem, this.#commonName(name), nowMs)
    this.#users.set(name, { ...known, isEnrolled: true })
    return certificate
  }

  /** A user whose key is kept here. @throws Refusal: there is none */
  kept(name: string): FabricUser {
    const user = this.#users.get(name)?.user
    if (user === undefined || user === null) throw new Refusal('userName: no user whose key is kept here')
    return user
  }

  async #makeUser(name: string, nowMs: number): Promise<FabricUser> {
    const { authority, mspId } = this.#options
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const publicKey = publicKeyFromJwk(await crypto.subtle.exportKey('jwk', keys.publicKey))
    const certificate = await authority.issue(keys.publicKey, this.#commonName(name), nowMs)
    return { mspId, certificate, signer: subtleSigner(keys.privateKey, publicKey) }
  }

  #commonName(name: string): string {
    return `${name}@${this.#options.appCode}`
  }
}
