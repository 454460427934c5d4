// The texts of scripts in one language. The cloud serves its own module in place of this file,
// made from locales/<language>/script.ftl; what stands here is for tests and type checks.

/** A piece that is not plain text: an argument, or a choice by the number `by`. */
/** @typedef {{arg: string} | {by: string, of: Record<string, Text>, or: string}} Part */
/** @typedef {string | (string | Part)[]} Text */

export const language = "en";

/** @type {Record<string, Text>} */
export const texts = {};
