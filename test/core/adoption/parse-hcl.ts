/** A block of HCL as `adopt --emit terraform` prints it: one attribute or one brace a line. */
export type HclBlock = {
  type: string;
  labels: string[];
  attributes: Record<string, string>;
  blocks: HclBlock[];
};

const OPENS = /^(\w+)((?: "[^"]*")*) \{$/;
const ONE_LINE = /^(\w+) \{ (\w+) = (.*) \}$/;
const ATTRIBUTE = /^(\w+) += (.*)$/;

const block = (type: string, labels: string): HclBlock => ({
  type,
  labels: [...labels.matchAll(/"([^"]*)"/g)].map(([, label]) => `${label}`),
  attributes: {},
  blocks: [],
});

/** @throws where a line is none of these forms, or a brace has no other */
export const parseHcl = (text: string): HclBlock[] => {
  const open = [block('file', '')];
  let map: string | null = null;
  for (const line of text.split('\n').map((one) => one.trim())) {
    const here = open.at(-1);
    if (here === undefined) throw new Error('a brace closes nothing');
    if (line === '' || line.startsWith('#')) continue;
    if (map !== null) {
      if (line === '}') map = null;
      else here.attributes[map] += line;
      continue;
    }
    const [, opened, labels] = OPENS.exec(line) ?? [];
    const [, alone, name, only] = ONE_LINE.exec(line) ?? [];
    const [, attribute, value] = ATTRIBUTE.exec(line) ?? [];
    if (line === '}') open.pop();
    else if (opened !== undefined) {
      const inner = block(opened, `${labels}`);
      here.blocks.push(inner);
      open.push(inner);
    } else if (alone !== undefined && name !== undefined)
      here.blocks.push({ ...block(alone, ''), attributes: { [name]: `${only}` } });
    else if (attribute !== undefined) {
      if (attribute in here.attributes) throw new Error(`${attribute} is there twice`);
      here.attributes[attribute] = `${value}`;
      if (value === '{') map = attribute;
    } else throw new Error(`no line of HCL that is printed: ${line}`);
  }
  if (open.length !== 1) throw new Error('a brace is open at the end');
  return open[0]?.blocks ?? [];
};
