/**
 * A text of others on one line, with nothing of it lost: its own line ends would pass for lines of ours. Everything
 * else that is unseen is shown by the terminal's own escapes (cli/printable.ts).
 */
export const oneLine = (text: string): string => text.replaceAll('\n', '\\n');
