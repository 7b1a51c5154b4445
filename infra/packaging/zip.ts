import { crc32, deflateRawSync } from 'node:zlib';

type ZipEntry = { name: string; content: Buffer };

/**
 * 1 January 1980, the first day of the format: the same content makes the same bytes, and with them the same
 * key in S3.
 */
const DOS_DATE = (1 << 5) | 1;
const DOS_TIME = 0;

/**
 * Made on Unix, by version 2.0 of the format. Without Unix permissions Lambda could not read what it unpacks.
 */
const MADE_BY = (3 << 8) | 20;
const READABLE = (0o100644 << 16) >>> 0;
const DEFLATE = 8;

/** The fields that the local header and the central directory share. */
const common = ({ name, content }: ZipEntry, compressed: Buffer): Buffer => {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(0x0800, 2); // names are UTF-8
  fields.writeUInt16LE(DEFLATE, 4);
  fields.writeUInt16LE(DOS_TIME, 6);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(compressed.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
};

const uint16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A zip file (PKWARE's APPNOTE, without extensions) of a few small files. */
export const zip = (entries: ZipEntry[]): Buffer => {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const compressed = deflateRawSync(entry.content, { level: 9 });
    const shared = common(entry, compressed);
    const name = Buffer.from(entry.name);
    const file = Buffer.concat([uint32(0x04034b50), shared, name, compressed]);
    files.push(file);

    const commentDiskAndInternalAttributes = Buffer.alloc(6);
    directory.push(
      Buffer.concat([
        uint32(0x02014b50),
        uint16(MADE_BY),
        shared,
        commentDiskAndInternalAttributes,
        uint32(READABLE),
        uint32(offset),
        name,
      ]),
    );
    offset += file.length;
  }

  const central = Buffer.concat(directory);
  const count = uint16(entries.length);
  const oneDisk = Buffer.alloc(4);
  const noComment = uint16(0);
  const end = [uint32(0x06054b50), oneDisk, count, count, uint32(central.length), uint32(offset), noComment];
  return Buffer.concat([...files, central, ...end]);
};
