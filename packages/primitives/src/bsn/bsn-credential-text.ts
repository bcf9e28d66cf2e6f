import { fastjsonBean, fastjsonText } from '../fastjson-text.ts'
import { javaHashMapOrder } from '../java-hash-map.ts'
import type { FastjsonValue } from '../parse-fastjson.ts'

const texts = ['context', 'id', 'type', 'issuerDid', 'userDid', 'expirationDate', 'created', 'shortDesc', 'longDesc'] as const

/** What a credential of BSN's DID service says, its proof aside. */
export interface BsnCredentialTerms extends Readonly<Partial<Record<(typeof texts)[number], string>>> {
  /** In decimal digits. */
  readonly cptId: string
  /** In the order of the credential's own text. */
  readonly claim: ReadonlyMap<string, FastjsonValue>
}

/**
 * What the proof of a credential signs: the object of BSN's SDK as fastjson writes it. Its claims have by then gone through three maps: the answer of the service as
 * parsed, the object's own, and one as large as there are claims, in whose order they are written.
 *
 * @throws EncodingError `ERR_ENCODING_JSON`: claims that Java would write otherwise than we can tell
 */
export function bsnCredentialText(credential: BsnCredentialTerms): string {
  const { claim, cptId } = credential
  const parsed = javaHashMapOrder(javaHashMapOrder([...claim.keys()]))
  const written = new Map(javaHashMapOrder(parsed, claim.size).map(name => [name, claim.get(name)!]))
  const bean = fastjsonBean({
    ...Object.fromEntries(texts.map(name => [name, credential[name]])),
    ...{ cptId: { literal: cptId }, claim: written, proof: null },
  })
  const members = javaHashMapOrder([...bean.keys()]).flatMap(name => {
    const member = bean.get(name)!
    return member === null ? [] : [`${fastjsonText(name)}:${fastjsonText(member, { inOrder: name === 'claim' })}`]
  })
  return `{${members.join(',')}}`
}
