// The @digitalbazaar packages carry no types: these are the parts used here.

declare module '@digitalbazaar/data-integrity' {
  export interface Cryptosuite {
    readonly name: string
  }

  export interface DataIntegritySigner {
    readonly id: string
    readonly algorithm: string
    sign(input: { data: Uint8Array }): Promise<Uint8Array>
  }

  export class DataIntegrityProof {
    constructor(options: { signer?: DataIntegritySigner; date?: string; cryptosuite: Cryptosuite })
    /** Members that a new proof starts with. */
    proof?: object
    createProof(options: {
      document: object
      purpose: { update(proof: object): Promise<object> }
      documentLoader: (url: string) => Promise<object>
    }): Promise<Record<string, unknown>>
    verifyProof(options: {
      proof: object
      document: object
      documentLoader: (url: string) => Promise<object>
    }): Promise<{ verified: boolean; error?: unknown }>
  }
}

declare module '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite' {
  import type { Cryptosuite } from '@digitalbazaar/data-integrity'
  export const cryptosuite: Cryptosuite
}

declare module '@digitalbazaar/eddsa-rdfc-2022-cryptosuite' {
  import type { Cryptosuite } from '@digitalbazaar/data-integrity'
  export const cryptosuite: Cryptosuite
}
