import { expect, test } from 'vitest';
import { decodeText } from '../../core/decode-text.ts';

const TEXT = '{"service": "läden – 店"}\n';
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`)],
  ['UTF-16, as Windows PowerShell writes it', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
  ['UTF-16, the other way round', swapped(Buffer.from(`\ufeff${TEXT}`, 'utf16le'))],
])('%s is read', (_, bytes) => {
  expect(decodeText(bytes)).toBe(TEXT);
});
