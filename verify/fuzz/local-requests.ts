import { connect } from 'node:net';
import { cbor } from '@smithy/core/cbor';
import { makeLogsClient } from '../../local/log-events.ts';
import { sendersOf } from '../../local/senders.ts';
import { makeLogs } from '../../local/tasks/logs.ts';
import { answerRequest } from '../../local/wire/answer.ts';
import { listenForClients } from '../../local/wire/server.ts';
import type { Senders } from '../../local/wire/services.ts';
import type { WireAnswer, WireRequest } from '../../local/wire/wire.types.ts';
import { healthy } from '../../rehearsal/behaviour-kinds.ts';
import { makeAccountClients } from '../../sim/account.ts';
import { pick, type Random } from '../../sim/kernel/random.ts';
import { loadWorld } from '../../sim/load-world.ts';
import { installOrchestrator } from '../../sim/orchestrator.ts';
import { STATE_MACHINE_ARN } from '../../sim/stepfunctions/step-functions.ts';
import { makeWorld, type World } from '../../sim/world.ts';
import { exampleFile } from './examples.ts';
import { localExamples } from './local-examples.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateText, nastyTexts } from './mutate-text.ts';
import { Crash, type Target } from './target.types.ts';

/**
 * What anybody on this machine may send to a local world: requests of every protocol, damaged. Each gets an answer in
 * the shape of its protocol, and none is our own failure.
 */

type Account = { world: World; senders: Senders };

const account = (): Account => {
  const loaded = loadWorld(exampleFile('shop/world'));
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const world = makeWorld(loaded.seed, 1, () => healthy);
  const orchestrator = installOrchestrator(world);
  const caller = { account: loaded.seed.account, identity: 'user/you', stateMachineArn: STATE_MACHINE_ARN };
  const clients = makeAccountClients(world, orchestrator, caller);
  return {
    world,
    senders: sendersOf(
      clients,
      world.eventBridge.client,
      makeLogsClient(makeLogs(() => world.kernel.scheduler.nowMs())),
    ),
  };
};

/** A request as text, so that it can be printed and replayed; the body in base64. */
type Drawn = Omit<WireRequest, 'body'> & { body: string };

const signedFor = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=any/20260105/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

const BYTES = 256;

/** Some bytes of it become others, or it ends early. */
const mutateBytes = (random: Random, body: Buffer): Buffer => {
  const changed = Buffer.from(body);
  for (let change = random.between(0, 3); change > 0 && changed.length > 0; change -= 1)
    changed[random.between(0, changed.length - 1)] = random.between(0, BYTES - 1);
  return random.between(1, 4) === 1 ? changed.subarray(0, random.between(0, changed.length)) : changed;
};

/** As `a.b.member.1=c`; lists with and without `member`, which is how EC2 has them. */
const asParameters = (value: unknown, name: string, member: string): [string, string][] => {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, part]) => {
    const at = Array.isArray(value) ? `${member}${Number(key) + 1}` : key;
    return asParameters(part, name === '' ? at : `${name}.${at}`, member);
  });
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

/** CBOR has no way to write what JSON's parser may make of a number beyond all numbers, nor half a character. */
const asCbor = (text: string): Buffer => {
  try {
    return Buffer.from(cbor.serialize(parsed(text)));
  } catch {
    return Buffer.from(text);
  }
};

const bodyOf = (random: Random, protocol: string, operation: string, text: string): Buffer => {
  if (protocol === 'cbor') return mutateBytes(random, asCbor(text));
  if (protocol.startsWith('json') || protocol === 'rest') return Buffer.from(text);
  const member = protocol === 'query' ? 'member.' : '';
  const form = new URLSearchParams([
    ['Action', operation],
    ['Version', '2015-12-01'],
    ...asParameters(parsed(text), '', member).slice(0, 500),
  ]).toString();
  return Buffer.from(random.between(1, 4) === 1 ? mutateText(random, form) : form);
};

const headersOf = (protocol: string, service: string, operation: string): Record<string, string> => ({
  authorization: signedFor(service),
  ...(protocol === 'cbor' ? { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' } : {}),
  ...(protocol.startsWith('json')
    ? { 'content-type': `application/x-amz-${protocol}`, 'x-amz-target': `Service.${operation}` }
    : {}),
});

const pathOf = (protocol: string, service: string, operation: string): string => {
  if (protocol === 'cbor') return `/service/${service}/operation/${operation}`;
  return protocol === 'rest' ? `/2015-03-31/functions/${operation}/invocations` : '/';
};

/** As the server hands it over: a header has no control characters, and a path is what follows the method. */
const shown = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (letter) => encodeURIComponent(letter.toWellFormed()));

const drawn = (random: Random): Drawn => {
  const { service, protocol, operation, input } = pick(random, localExamples);
  const named = random.between(1, 8) === 1 ? shown(mutateText(random, operation)) : operation;
  const text = random.between(1, 10) === 1 ? pick(random, nastyTexts) : mutateJson(random, input);
  const headers = headersOf(protocol, service, named);
  if (random.between(1, 8) === 1) {
    const name = pick(random, Object.keys(headers));
    headers[name] = shown(mutateText(random, headers[name] ?? ''));
  }
  if (random.between(1, 8) === 1) headers['x-amzn-query-mode'] = 'true';
  const path = pathOf(protocol, service, named);
  return {
    method: random.between(1, 30) === 1 ? 'PUT' : 'POST',
    path: random.between(1, 10) === 1 ? shown(mutateText(random, path)) : path,
    search: random.between(1, 20) === 1 ? shown(pick(random, nastyTexts)) : '',
    headers,
    body: bodyOf(random, protocol, named, text).toString('base64'),
  };
};

/** What XML 1.0 cannot hold, escaped or not. */
const NO_XML = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/u;
/** As Node checks a header. */
const NO_HEADER = /[^\t\x20-\x7e\x80-\xff]/;

const isXml = (text: string): boolean => {
  if (NO_XML.test(text)) return false;
  const open: string[] = [];
  for (const [, end, name, alone] of text.matchAll(/<(\/?)([\w:.-]+)[^<>]*?(\/?)>/g)) {
    if (end === '/' && open.pop() !== name) return false;
    if (end === '' && alone === '') open.push(name ?? '');
  }
  return open.length === 0;
};

/** What is wrong with an answer, as its client would read it; null: nothing. */
const wrongIn = ({ status, headers, body }: WireAnswer): string | null => {
  const type = headers['content-type'] ?? 'none';
  const bad = Object.entries(headers).find(([, value]) => NO_HEADER.test(value));
  if (bad !== undefined) return `header ${bad[0]} cannot be sent: ${JSON.stringify(bad[1])}`;
  const text = Buffer.from(body).toString('utf8');
  if (status === 500) return `500: ${text.slice(0, 300)}`;
  try {
    if (type.includes('json')) JSON.parse(text === '' ? '{}' : text);
    else if (type === 'application/cbor') cbor.deserialize(Buffer.from(body));
    else if (!isXml(text)) return `no XML: ${text.slice(0, 300)}`;
    return null;
  } catch {
    return `no ${type}: ${text.slice(0, 300)}`;
  }
};

const CASES_OF_AN_ACCOUNT = 1_000;
const LONGEST_ANSWER_MS = 10 * 60_000;

const answered = (): Target['feed'] => {
  let current: Account | undefined;
  let used = 0;
  return async (text) => {
    if (used % CASES_OF_AN_ACCOUNT === 0) current = account();
    used += 1;
    const { world, senders } = current as Account;
    const { scheduler } = world.kernel;
    const request = JSON.parse(text) as Drawn;
    let answer: WireAnswer | undefined;
    let ended = false;
    const asked = answerRequest({ ...request, body: Buffer.from(request.body, 'base64') }, senders, 'id')
      .then((found) => {
        answer = found;
      })
      .finally(() => {
        ended = true;
      });
    asked.catch(() => undefined);
    // The model of a service is loaded by Node, not by the world's clock.
    for (let turn = 0; turn < 50 && !ended; turn += 1) {
      await scheduler.run(() => ended, scheduler.nowMs() + LONGEST_ANSWER_MS / 50);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await asked;
    const wrong = answer === undefined ? 'no answer' : wrongIn(answer);
    if (wrong !== null) throw new Crash(wrong);
  };
};

/** The bytes of a whole request, as something that is no client of AWS may write them. */
const rawRequest = (random: Random): string => {
  const { method, path, search, headers, body } = drawn(random);
  const host = pick(random, [
    '127.0.0.1',
    'localhost:1',
    '127.0.0.1.attacker.example',
    'attacker.example',
    '[::1]',
  ]);
  const more = pick(random, ['', 'Origin: https://attacker.example\r\n', 'Sec-Fetch-Site: cross-site\r\n']);
  const shownPath =
    random.between(1, 4) === 1 ? pick(random, ['http://attacker.example/', '//', '/../..', '*', '/%']) : path;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const text = Buffer.from(body, 'base64').toString('latin1');
  const whole =
    `${method} ${shownPath}${search === '' ? '' : `?${search}`} HTTP/1.1\r\nHost: ${host}\r\n${more}` +
    `${lines.join('\r\n')}\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`;
  return random.between(1, 5) === 1 ? mutateText(random, whole) : whole;
};

const isRefusedPage = (text: string): boolean => {
  const head = text.split('\r\n\r\n', 1)[0] ?? '';
  return /^host: [^\r]*attacker/im.test(head) || /^(origin|sec-fetch-site): /im.test(head);
};

const SOCKET_CASES = 2_000;

/** Through a socket: what is no request is refused, what a web page may have sent never gets an answer of an API. */
const overTheWire = (): Target['feed'] => {
  let listening: ReturnType<typeof listenForClients> | undefined;
  let used = 0;
  const failures: unknown[] = [];
  const begin = (): ReturnType<typeof listenForClients> =>
    listenForClients(
      0,
      async () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'answered' }),
      (error) => failures.push(error),
    );
  return async (text) => {
    listening ??= begin();
    used += 1;
    const server = await listening;
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.end(Buffer.from(text, 'latin1'));
    // A reset is no answer either; `once` would take it for a failure.
    await new Promise((resolve) => socket.once('close', resolve));
    if (used % SOCKET_CASES === 0) {
      await server.close();
      listening = undefined;
    }
    if (failures.length > 0) throw failures.splice(0)[0];
    if (answer.endsWith('answered') && isRefusedPage(text)) throw new Crash('a web page got an answer');
    if (answer !== '' && !/^HTTP\/1\.1 (200|400|403|404|405|408|413|417|431|501|505) /.test(answer))
      throw new Crash(`not an answer: ${answer.slice(0, 200)}`);
  };
};

export const localTargets: readonly Target[] = [
  {
    name: 'local request',
    cases: 20_000,
    draw: (random) => JSON.stringify(drawn(random)),
    feed: answered(),
  },
  { name: 'local socket', cases: SOCKET_CASES, draw: rawRequest, feed: overTheWire() },
];
