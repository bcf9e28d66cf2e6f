import residentSchema from '../credential-types/resident.json' with { type: 'json' }
import concessionSchema from '../credential-types/transport-concession.json' with { type: 'json' }
import adultPurchase from '../queries/adult-purchase.json' with { type: 'json' }
import collectCredential from '../queries/collect-credential.json' with { type: 'json' }
import concessionFare from '../queries/concession-fare.json' with { type: 'json' }
import concessionRideZk from '../queries/concession-ride-zk.json' with { type: 'json' }
import handOverConsent from '../queries/hand-over-consent.json' with { type: 'json' }
import housingApplication from '../queries/housing-application.json' with { type: 'json' }
import openAccount from '../queries/open-account.json' with { type: 'json' }
import openAccountSignIn from '../queries/open-account-sign-in.json' with { type: 'json' }
import openAccountZk from '../queries/open-account-zk.json' with { type: 'json' }
import registerPatient from '../queries/register-patient.json' with { type: 'json' }
import registerSignIn from '../queries/register-sign-in.json' with { type: 'json' }
import signIn from '../queries/sign-in.json' with { type: 'json' }

export { type City, cities, type Division, type Name, province } from './cities.ts'
export type { Finding } from './damage.ts'
export { type Institution, type InstitutionKind, institutions } from './institutions.ts'

/** JSON Schema of each credential type of the pilot, by its identifier, which is also the `vct` of its SD-JWT VCs. */
export const credentialTypes = { 'urn:hufu:resident': residentSchema, 'urn:hufu:transport-concession': concessionSchema } as const

/** What each query of the pilot says, by its identifier. */
export const queries = {
  'open-account': openAccount,
  'register-patient': registerPatient,
  'concession-fare': concessionFare,
  'adult-purchase': adultPurchase,
  'housing-application': housingApplication,
  'open-account-zk': openAccountZk,
  'concession-ride-zk': concessionRideZk,
  'sign-in': signIn,
  'open-account-sign-in': openAccountSignIn,
  'register-sign-in': registerSignIn,
  'collect-credential': collectCredential,
  'hand-over-consent': handOverConsent,
} as const

/** A city's file of residents. */
export function residentsFile(citySlug: string): URL {
  return new URL(`../data/residents/${citySlug}.csv`, import.meta.url)
}

/** The copy of Lanyu's file with twenty kinds of errors, and the list of where they are (`Finding[]`). */
export const damagedFile = {
  city: 'lanyu',
  csv: new URL('../data/damaged/lanyu.csv', import.meta.url),
  findings: new URL('../data/damaged/lanyu.findings.json', import.meta.url),
} as const
