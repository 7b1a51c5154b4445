import { DeploymentError } from '../core/errors.ts';

type Page<Item> = { items: Item[] | undefined; next: string | undefined };

/** No list we read has more: a load balancer has 100 rules by default, a service a few thousand stopped tasks. */
export const MAX_PAGES = 500;

/** Reads a list to its end: the first page alone has made others modify the wrong rules. */
export const allPages = async <Item>(
  what: string,
  readPage: (token: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> => {
  const all: Item[] = [];
  let token: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const page = await readPage(token);
    all.push(...(page.items ?? []));
    if (page.next === undefined || page.next === '') return all;
    token = page.next;
  }
  throw new DeploymentError(
    'Unavailable',
    `Could not ${what}: expected at most ${MAX_PAGES} pages, found more. Search for a list that is still growing.`,
  );
};
