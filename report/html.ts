/** Markup that is safe to put on a page: made by `html`, which escapes everything that is not. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | null | readonly Part[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found] ?? found);

const markupOf = (part: Part): string => {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return part.map(markupOf).join('');
};

/** Reasons come from AWS, from operators and from task definitions: whatever they contain is shown, never run. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(texts.map((text, index) => text + markupOf(parts[index] ?? null)).join(''));

/** As they stand in a tag, in the order that they are given in; none for what is undefined. */
export const attributes = (of: Readonly<Record<string, string | number | undefined>>): Html[] =>
  Object.entries(of).map(([name, value]) => (value === undefined ? html`` : html` ${name}="${value}"`));

/** Our own files alone: style sheet, script. */
export const verbatim = (text: string): Html => new Html(text);

/** JSON inside a script element: nothing in it can end the element. */
export const jsonForScript = (value: unknown): Html =>
  new Html(JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028'));
