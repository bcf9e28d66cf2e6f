// Signs with our SM2, for main.go beside this to check with another implementation.
import { bytesToHex, randomBytes } from '@hufu/primitives'
import { defaultSm2Id, generateSm2Secret, importSm2Signer } from '../../src/sm2/index.ts'

const signatures = []
for (const [index, id] of [defaultSm2Id, defaultSm2Id, 'ALICE123@YAHOO.COM', '招商银行'].entries()) {
  const signer = importSm2Signer(generateSm2Secret())
  const message = randomBytes(index * 41)
  const signature = await signer.sign(message, { id })
  signatures.push({ publicKey: bytesToHex(signer.publicKey.bytes), id, message: bytesToHex(message), signature: bytesToHex(signature) })
}
process.stdout.write(`${JSON.stringify(signatures, null, 2)}\n`)
