/** The last part of an ARN (`.../cluster/service` -> `service`), or the name itself. */
export const nameOf = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** The key of the service's lease: the same however the caller wrote cluster and service. */
export const serviceKeyOf = (request: { cluster: string; service: string }): string =>
  `${nameOf(request.cluster)}/${nameOf(request.service)}`;
