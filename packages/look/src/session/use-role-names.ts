import { usePagesSettings } from '../frame/pages.tsx'
import { useSpeech } from '../language/language.tsx'

/** @returns what roles are called, one after the other */
export function useRoleNames(): (roles: readonly string[]) => string {
  const { roles: names } = usePagesSettings()
  const { say } = useSpeech()
  return roles => roles.map(role => (names[role] === undefined ? role : say(names[role]))).join(' · ')
}
