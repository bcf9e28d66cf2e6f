/** Where the pilot's servers listen. */
export interface PilotPorts {
  /** First of the validators' ports, three each. */
  readonly basePort: number
  /** The bureau's server; the other servers have the ports after it. */
  readonly bureauPort: number
}

/** Addresses of the pilot's servers. By name, for passkeys and wallets take `localhost` for safe and a bare address not. */
export function pilotUrls({ bureauPort }: Pick<PilotPorts, 'bureauPort'>) {
  const at = (offset: number) => ({ port: bureauPort + offset, url: `http://localhost:${bureauPort + offset}` })
  return {
    bureau: at(0),
    bank: at(1),
    hospital: at(2),
    transport: at(3),
    wallet: at(4),
    bankShop: at(5),
    hospitalShop: at(6),
    console: at(7),
  }
}

export type PilotUrls = ReturnType<typeof pilotUrls>
