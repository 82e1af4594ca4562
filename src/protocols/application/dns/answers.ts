/** What of a question tells it from others. */
interface Question {
  readonly name: string | undefined;
  readonly type: number | undefined;
  /** A pseudo-record has none. */
  readonly class?: number | undefined;
}

/** What of a message tells whether it answers another. */
interface Message {
  readonly id: number;
  readonly flags: { readonly qr: boolean; readonly opcode: number };
  readonly questions: readonly Question[];
}

/** Type and class that ask for all, and the type of a record that stands for any other (RFC 1035 §3.2). */
const ANY = 255;
const CNAME = 5;

/** Names are compared without case (RFC 1035 §2.3.3). */
const isSameName = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && a.toLowerCase() === b?.toLowerCase();

const isSameQuestion = (a: Question, b: Question | undefined): boolean =>
  isSameName(a.name, b?.name) && a.type === b?.type && a.class === b?.class;

const isTurned = (own: Message, request: Message): boolean =>
  own.flags.qr && !request.flags.qr && own.flags.opcode === request.flags.opcode;

/**
 * Whether a message of DNS or LLMNR answers another: by its identification and the questions, which a message that only
 * says that something is wrong may leave out (RFC 1035 §7.3, RFC 5452 §9.1).
 */
export const isResponse = (own: Message, request: Message): boolean =>
  isTurned(own, request) &&
  own.id === request.id &&
  (own.questions.length === 0 ||
    (own.questions.length === request.questions.length &&
      own.questions.every((q, i) => isSameQuestion(q, request.questions[i]))));

/**
 * Whether a message of multicast DNS answers another: one of its records does. Identification and questions are only
 * there for those who ask by unicast (RFC 6762 §6, §6.7).
 */
export function isMulticastResponse(
  own: Message & { readonly answers: readonly Question[] },
  request: Message,
): boolean {
  if (own.questions.length > 0) return isResponse(own, request);
  if (!isTurned(own, request)) return false;
  return own.answers.some((answer) =>
    request.questions.some((question) => isAnswerTo(answer, question)),
  );
}

function isAnswerTo(answer: Question, question: Question): boolean {
  if (!isSameName(answer.name, question.name)) return false;
  const isType = answer.type === question.type || answer.type === CNAME || question.type === ANY;
  return isType && (question.class === ANY || answer.class === question.class);
}
