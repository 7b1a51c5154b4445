declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An in-memory DynamoDB; tables are there `createTableMs` after they were made. */
  export default function dynalite(options: { createTableMs: number }): Server;
}
