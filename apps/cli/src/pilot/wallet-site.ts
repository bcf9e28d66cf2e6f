import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { circuitFile, developmentKeyFile } from '@hufu/circuits'
import { writeFileWhole } from '@hufu/files'
import type { NetworkDescriptor } from '@hufu/ledger'
import { bytesToHex, sha256 } from '@hufu/primitives'
import { type CircuitName, circuitNames } from '@hufu/proofs'
import { cities, type Name, province } from '@hufu/samples'

/** An institution that wallets find by this file. */
export interface NamedInstitution {
  readonly did: string
  readonly name: Name
  readonly url: string
}

const sexes: Readonly<Record<string, Name>> = { '1': { 'zh-CN': '男', en: 'male' }, '2': { 'zh-CN': '女', en: 'female' } }

/** Writes what is put beside the wallet: the network with its validators' keys, who is who, the circuits with their proving keys. */
export async function writeWalletSite(
  folder: string,
  network: NetworkDescriptor,
  institutions: readonly NamedInstitution[],
): Promise<void> {
  await mkdir(join(folder, 'circuits'), { recursive: true })
  const circuits = await Promise.all(circuitNames.map(async name => [name, await putCircuit(folder, name)] as const))
  const divisions = cities.flatMap(city => [city, ...city.divisions])
  const places = Object.fromEntries([province, ...divisions].map(({ code, name }) => [code, name]))
  const file = {
    network,
    institutions,
    circuits: Object.fromEntries(circuits),
    labels: { sex: sexes, city_code: places, division_code: places },
  }
  await writeFileWhole(join(folder, 'network.json'), JSON.stringify(file))
}

async function putCircuit(folder: string, name: CircuitName): Promise<{ readonly circuit: string; readonly provingKey: string }> {
  const put = async (source: URL, target: string): Promise<string> => {
    await copyFile(source, join(folder, 'circuits', target))
    return bytesToHex(sha256(await readFile(source)))
  }
  return {
    circuit: await put(circuitFile(name), `${name}.circuit`),
    provingKey: await put(developmentKeyFile(name), `${name}.key`),
  }
}
