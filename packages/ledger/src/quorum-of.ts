/** Validators whose word together is the network's: n−f, with f = ⌊(n−1)/3⌋. */
export function quorumOf(validators: number): number {
  return validators - Math.floor((validators - 1) / 3)
}
