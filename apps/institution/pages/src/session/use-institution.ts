import { useSession } from '@hufu/look'
import type { InstitutionInfo } from '../api/staff-answers.ts'

/** Whose pages these are. */
export function useInstitution(): InstitutionInfo {
  return useSession().host as InstitutionInfo
}
