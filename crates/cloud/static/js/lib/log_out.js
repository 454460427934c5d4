// Log out: the session ends first, and what this browser keeps goes after it. The other way round, a phone without a
// network would lose its app lock and keep its session.

/**
 * @param {object} parts
 * @param {() => Promise<Pick<Response, "type">>} parts.post Asks the cloud to end the session; follows no redirect.
 * @param {() => Promise<void>} parts.erase
 * @returns {Promise<boolean>} Whether the session has ended.
 */
export async function logOut({ post, erase }) {
  const answer = await post().catch(() => undefined);
  // The cloud leads to the log-in page; a refusal leads nowhere.
  if (answer?.type !== "opaqueredirect") return false;
  await erase();
  return true;
}
