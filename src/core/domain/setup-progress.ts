import type { JsonValue } from './json.js';
import type { SetupQuestion } from './plugin-manifest.js';

/** What is known of the answer to a question: its value, or that there is one, for a secret. */
export type KnownAnswer = { readonly kind: 'value'; readonly value: JsonValue } | { readonly kind: 'secret' };

/** In `when`: any answer will do, as long as there is one. */
export const ANY_ANSWER = '*';

/** Whether a question is asked: every condition of its `when` fits an answer to a question that is itself asked. */
export function isRelevant(
  question: SetupQuestion,
  questions: readonly SetupQuestion[],
  known: (key: string) => KnownAnswer | undefined,
): boolean {
  return Object.entries(question.when ?? {}).every(([key, values]) => {
    const asked = questions.find((one) => one.key === key);
    if (asked === undefined || !isRelevant(asked, questions, known)) return false;
    const answer = known(key);
    if (values.includes(ANY_ANSWER) && (answer !== undefined || asked.default !== undefined)) return true;
    const text = answer?.kind === 'value' ? String(answer.value) : (asked.default ?? '');
    return values.some((value) => spelled(value) === spelled(text));
  });
}

/** The questions that must still be answered. */
export function missingAnswers(
  questions: readonly SetupQuestion[],
  known: (key: string) => KnownAnswer | undefined,
): readonly SetupQuestion[] {
  return questions.filter(
    (question) => question.optional !== true && known(question.key) === undefined && isRelevant(question, questions, known),
  );
}

/** Answers to yes-or-no questions are kept as booleans, and may be written either way in a manifest. */
function spelled(text: string): string {
  const plain = text.toLowerCase();
  return plain === 'yes' ? 'true' : plain === 'no' ? 'false' : text;
}
