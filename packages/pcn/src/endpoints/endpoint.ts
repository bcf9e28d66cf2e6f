import type { RecordShape, Shape, ValueOf } from '../shape/shape.ts'

/** One method of a gateway: where it is, what is asked and answered. The fields stand in the order in which macs join them. */
export interface Endpoint<Request extends RecordShape = RecordShape, Answer extends Shape = Shape> {
  readonly path: string
  readonly request: Request
  readonly answer: Answer
  /** Whether an answer can be one to this question, as far as it says. A mac alone binds no answer to a question. */
  isAnswerTo(request: ValueOf<Request>, answer: ValueOf<Answer>): boolean
}

/** What is asked at an endpoint. */
export type RequestOf<E extends Endpoint> = ValueOf<E['request']>

/** What is answered there. */
export type AnswerOf<E extends Endpoint> = ValueOf<E['answer']>

export function endpoint<Request extends RecordShape, Answer extends Shape>(
  path: string,
  request: Request,
  answer: Answer,
  isAnswerTo: (request: ValueOf<Request>, answer: ValueOf<Answer>) => boolean = () => true,
): Endpoint<Request, Answer> {
  return { path, request, answer, isAnswerTo }
}
