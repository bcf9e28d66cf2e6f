import type { Texts } from '../language/language.tsx'

/** What the routes for sign-in answer, as their schemas say (`GET /openapi.json`). */

/** Whose server it is. */
export interface Host {
  readonly name: Texts
  /** Of the ledger. */
  readonly network: string
}

export interface Me {
  readonly id: string
  readonly name: string
  readonly roles: readonly string[]
  readonly csrfToken: string
  readonly confirmedAtMs: number
  readonly expiresAtMs: number
  readonly signIn: 'passkey' | 'invitation'
}

export interface Challenge<Options> {
  readonly challengeId: string
  readonly options: Options
}
