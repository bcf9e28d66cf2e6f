/** Where a credential's status stands: an entry of a published list (Token Status List §6.2). */
export interface StatusReference {
  readonly uri: string
  readonly index: number
}
