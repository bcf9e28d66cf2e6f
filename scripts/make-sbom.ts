// Writes what is shipped as a bill of materials (CycloneDX 1.6): `npm run sbom -- hufu.cdx.json`. Two runs on the same sources write the same bytes.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, shipped } from './supply/shipped.ts'

const [file] = process.argv.slice(2)
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const { packages, modules } = shipped()
const text = JSON.stringify(
  {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: 'hufu', version, 'bom-ref': `hufu@${version}` } },
    components: [
      ...packages.map(each =>
        component(
          `pkg:npm/${each.name.replace('@', '%40')}@${each.version}`,
          each.name,
          each.version,
          each.license,
          hashesOf(each.integrity),
        ),
      ),
      ...modules.map(each => component(`pkg:golang/${each.path}@${each.version}`, each.path, each.version, each.license, [])),
    ].filter(({ 'bom-ref': reference }, index, all) => all.findIndex(other => other['bom-ref'] === reference) === index),
  },
  undefined,
  2,
)
if (file === undefined) console.log(text)
else writeFileSync(file, `${text}\n`)

function component(purl: string, name: string, itsVersion: string, license: string, hashes: readonly object[]) {
  const licenses = [/ (OR|AND) /.test(license) ? { expression: license } : { license: { id: license } }]
  return { type: 'library', 'bom-ref': purl, name, version: itsVersion, purl, licenses, hashes }
}

/** npm writes digests in base64, CycloneDX in hexadecimal. */
function hashesOf(integrity: string | undefined): readonly object[] {
  const [algorithm, digest] = integrity?.split('-', 2) ?? []
  return algorithm !== 'sha512' || digest === undefined ? [] : [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }]
}
