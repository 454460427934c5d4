// Changes that the cloud counts: beyond its limit the next one waits as long as the cloud says, and is not lost.

const TOO_MANY = 429;
/** If the cloud names no time. */
const USUAL_SECONDS = 60;

/**
 * Posts until the answer is another one than "too many".
 * @template {Pick<Response, "status" | "headers">} T
 * @param {() => Promise<T | undefined>} post
 * @param {(seconds: number) => Promise<void>} wait Says that it waits, and returns after that time.
 * @returns {Promise<T | undefined>}
 */
export async function postPatiently(post, wait) {
  for (;;) {
    const answer = await post();
    if (answer?.status !== TOO_MANY) return answer;
    await wait(secondsOf(answer));
  }
}

/** After so many seconds another try makes sense. @param {Pick<Response, "headers">} answer */
export function secondsOf(answer) {
  const seconds = Number(answer.headers.get("retry-after"));
  return seconds > 0 ? seconds : USUAL_SECONDS;
}

/** @param {number} seconds */
export function minutesOf(seconds) {
  return Math.max(1, Math.ceil(seconds / 60));
}
