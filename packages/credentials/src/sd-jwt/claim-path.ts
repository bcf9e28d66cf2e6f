/**
 * Where a claim stands: names of members, indexes of elements, and null for every element (OpenID4VP 1.0 §7, SD-JWT VC §4.6.1).
 * `['address', 'city']` is one claim, `['nationalities', null]` all elements of an array.
 */
export type ClaimPath = readonly (string | number | null)[]

/** Where one claim stands in one credential: no wildcards. */
export type ExactPath = readonly (string | number)[]

/** True if the path names exactly this place. */
export function namesPlace(path: ClaimPath, place: ExactPath): boolean {
  return path.length === place.length && agree(path, place)
}

/** True if the place is the one the path names, or on the way to it, or beneath it. */
export function touchesPlace(path: ClaimPath, place: ExactPath): boolean {
  return agree(path, place)
}

/** Both agree as far as the shorter one goes. */
function agree(path: ClaimPath, place: ExactPath): boolean {
  return place.every((step, depth) => depth >= path.length || path[depth] === step || (path[depth] === null && typeof step === 'number'))
}
