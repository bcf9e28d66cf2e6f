import type { Vault } from '@hufu/service'
import { sectorOf } from './provider-configuration.ts'
import type { SignInSettings } from './sign-in-settings.ts'

/** The account of whoever has that pseudonym here. */
export function accountOfPseudonym(vault: Vault, pseudonym: string): string {
  return vault.digest('sign-in account', pseudonym)
}

/** `sub` of an account at clients of a sector. */
export function pairwiseSubject(vault: Vault, accountId: string, sector: string): string {
  return vault.digest('pairwise subject', accountId, sector)
}

/** Every `sub` by which a client knows whoever has that pseudonym here. */
export function subjectsOfPseudonym(vault: Vault, settings: SignInSettings, pseudonym: string): readonly string[] {
  const sectors = new Set(settings.clients.map(({ id }) => sectorOf(settings, id) ?? id))
  const accountId = accountOfPseudonym(vault, pseudonym)
  return [...sectors].map(sector => pairwiseSubject(vault, accountId, sector))
}
