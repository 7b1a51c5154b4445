import type { Workflow } from './workflow.ts';

type Comment = { id: number; body?: string };

const PAGE = 100;

/** GitHub takes comments of 65,536 characters; the rest is for the fence and the heading. */
const CHARACTERS = 60_000;

/** A fence that nothing in the text ends. */
export const fenced = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const whole = text.trimEnd();
  if (whole.length <= CHARACTERS) return `${fence}text\n${whole}\n${fence}\n`;
  const lines = whole.slice(0, CHARACTERS).replace(/\n[^\n]*$/, '');
  return (
    `the first ${lines.length} of ${whole.length} characters; the rest is in the log of the job\n\n` +
    `${fence}text\n${lines}\n${fence}\n`
  );
};

/** Writes one comment on the pull request, over the one of an earlier push; `body` begins with a marker of its own. */
export const comment = async (
  workflow: Workflow,
  body: string,
  request: typeof fetch = fetch,
): Promise<void> => {
  const [marker = ''] = body.split('\n');
  const [number] = workflow.variable('GITHUB_REF_NAME').split('/');
  const repository = `${workflow.variable('GITHUB_API_URL')}/repos/${workflow.variable('GITHUB_REPOSITORY')}/issues`;
  const call = async (method: string, url: string, content?: object): Promise<unknown> => {
    const answer = await request(url, {
      method,
      headers: {
        authorization: `Bearer ${workflow.input('token')}`,
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
      },
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${answer.statusText}`);
    return answer.json();
  };
  const comments = `${repository}/${number}/comments`;
  let earlier: Comment | undefined;
  for (let page = 1; earlier === undefined; page++) {
    const found = (await call('GET', `${comments}?per_page=${PAGE}&page=${page}`)) as Comment[];
    earlier = found.find((one) => one.body?.startsWith(marker) === true);
    if (found.length < PAGE) break;
  }
  if (earlier === undefined) await call('POST', comments, { body });
  else await call('PATCH', `${repository}/comments/${earlier.id}`, { body });
};
