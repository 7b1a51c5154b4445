/** What passes between the bench and the processes of its clients. */

export type Counts = { sent: number; good: number; bad: number };

export type OtherClients = {
  /** Why requests of the two next kinds got no whole 2xx answer: a status or an error's code, and how often. */
  reasons: Record<string, number>;
  /** A connection for every request. */
  single: Counts;
  /** Read slowly. */
  downloads: Counts;
  /** Messages that came back or did not, and sockets that the other side closed, in real milliseconds. */
  webSockets: Counts & { closed: { version: string; atMs: number }[] };
};
