/** Whether a Host header names this machine itself, with or without a port. */
export const isLoopbackHost = (host: string | undefined): boolean =>
  /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|[\w-]+(\.[\w-]+)*\.localhost|\[::1\])(:\d{1,5})?$/i.test(
    host ?? '',
  );
