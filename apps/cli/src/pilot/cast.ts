import { cities, type Institution, institutions } from '@hufu/samples'

/** Who takes part in the pilot: a bureau in each of the six cities, and a bank, a hospital and a transport operator. */
export const bureaus: readonly Institution[] = institutions.filter(({ kind }) => kind === 'authority')

export const verifiers: readonly Institution[] = (['bank', 'hospital', 'transport'] as const).map(
  kind => institutions.find(institution => institution.kind === kind)!,
)

/** Validators: one a city, and the coordinator. */
export const validatorNames: readonly string[] = [...cities.map(({ slug }) => slug), 'coordinator']

/** The bureau that accredits an institution: that of its city. */
export function bureauOf(institution: Institution): Institution {
  return bureaus.find(({ divisionCode }) => divisionCode === institution.divisionCode) ?? bureaus[0]!
}
