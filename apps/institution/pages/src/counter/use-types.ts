import { useLoaded, useSpeech } from '@hufu/look'
import type { CredentialType, TypeList } from '../api/staff-answers.ts'

/** What the institution may issue, and what its types are called. */
export function useTypes(): {
  readonly types: readonly CredentialType[] | undefined
  readonly reasons: TypeList['reasons']
  readonly error: unknown
  readonly nameOf: (typeId: string) => string
} {
  const { say } = useSpeech()
  const { data, error } = useLoaded('types', client => client.get<TypeList>('/issuer/types'))
  const nameOf = (typeId: string): string => {
    const found = data?.types.find(({ id }) => id === typeId)
    return found === undefined ? typeId : say(found.title)
  }
  return { types: data?.types, reasons: data?.reasons ?? [], error, nameOf }
}
