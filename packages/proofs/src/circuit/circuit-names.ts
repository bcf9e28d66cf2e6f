/** The circuits of docs/zk.md. */
export const circuitNames = ['prepare', 'show', 'pair'] as const

export type CircuitName = (typeof circuitNames)[number]
