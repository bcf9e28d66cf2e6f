/**
 * A stand-in for a BSN city node's gateway, in front of a real Fabric: for tests and measurements, never for use. It has seen no gateway of BSN.
 *
 * @packageDocumentation
 */
export { CertificateAuthority } from './certificate-authority.ts'
export { createFiscoStandIn, type FiscoStandInOptions } from './create-fisco-stand-in.ts'
export { createStandIn, type StandInOptions } from './create-stand-in.ts'
export { EvmNode, type NamedContract } from './evm-node.ts'
export { FabricNode } from './fabric-node.ts'
export { openFabricUser } from './open-fabric-user.ts'
