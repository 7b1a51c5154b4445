import { zipSync } from 'fflate';

/**
 * The first day of the format, in local time as fflate writes it: the same content is the same bytes, and with them
 * the same key in S3.
 */
const FIRST_DAY = new Date(1980, 0, 1);

/** Made on Unix: without permissions Lambda could not read what it unpacks. */
const UNIX = 3;
const READABLE = 0o100644 << 16;

/** A zip file of a few small files, by name. */
export const zip = (files: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.from(
    zipSync(
      Object.fromEntries(
        Object.entries(files).map(([name, content]) => [
          name,
          [content, { level: 9, mtime: FIRST_DAY, os: UNIX, attrs: READABLE }],
        ]),
      ),
    ),
  );
