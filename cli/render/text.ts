import stringWidth from 'string-width';

/** Columns of a terminal: an ideograph takes two, a combining accent none. */
export const columnsOf = (text: string): number => stringWidth(text);

/**
 * Breaks text at spaces into lines of at most `width`; a longer word stands alone and is not cut (it may be an ARN).
 */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line === '') line = word;
    else if (columnsOf(line) + 1 + columnsOf(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
};

/** A line of a text that is a command to copy, which a line break would spoil. */
const COMMAND = /^\s+(?:aws|cutover|docker) /;

/**
 * `text` wrapped to `width`, its later lines indented by `indent`. Lines of its own stay lines, and keep their
 * indentation.
 */
export const hang = (text: string, indent: number, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => {
      if (COMMAND.test(line)) return [line];
      const [, lead = '', words = ''] = /^( *)(.*)$/s.exec(line) ?? [];
      return wrap(words, Math.max(20, width - indent - lead.length)).map(
        (part, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${part}`,
      );
    })
    .join(`\n${' '.repeat(indent)}`);

/** At most five characters: `940`, `12.3k`, `4.5M`. */
export const short = (number: number): string => {
  if (number < 10_000) return String(number);
  if (number < 999_950) return `${(number / 1_000).toFixed(1)}k`;
  if (number < 999_950_000) return `${(number / 1_000_000).toFixed(1)}M`;
  return `${(number / 1_000_000_000).toFixed(1)}B`;
};

/** `00:12:34`, and from a day on `2d 03:12`: seconds say nothing by then, and the column is narrow. */
export const clockTime = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const parts = [Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two);
  return days > 0 ? `${days}d ${parts.slice(0, 2).join(':')}` : parts.join(':');
};

/** Fractions of a cent matter here: a deployment's workflow costs less than one. */
export const dollars = (amount: number): string => `$${amount.toFixed(amount >= 1 ? 2 : 4)}`;
