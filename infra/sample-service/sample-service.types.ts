import type { aws_certificatemanager as acm, aws_ec2 as ec2 } from 'aws-cdk-lib';

/** A rule of its own beside the catch-all: requests for these hosts and paths go to this service too. */
export type ExtraRoute = { hosts?: string[]; paths?: string[] };

export type SampleServiceProps = {
  /** Default: a new VPC in two zones. */
  vpc?: ec2.IVpc;
  /**
   * Fargate gives each task an address of its own; EC2 shares an instance's, with random ports. Default:
   * FARGATE.
   */
  launchType?: 'FARGATE' | 'EC2';
  /** Application for HTTP, network for TCP. Default: application. */
  balancer?: 'application' | 'network';
  /** Reachable from the internet, or only from inside the VPC. Default: true. */
  internetFacing?: boolean;
  /** With one, HTTP is redirected to HTTPS (application) or TLS ends at the balancer (network). */
  certificate?: acm.ICertificate;
  /** Application load balancer only. Default: none beside the catch-all. */
  extraRoutes?: ExtraRoute[];
  /**
   * For how long a client stays with the version it met first, in seconds; application load balancer only.
   * Default: not at all.
   */
  stickySeconds?: number;
  /**
   * How long the application takes to boot, in seconds; both health checks give it this and a margin.
   * Default: 20.
   */
  bootSeconds?: number;
  /**
   * How long a request may last, in seconds: 30 for pages, 120 to 300 for WebSockets and long polling.
   * Default: 30.
   */
  longestRequestSeconds?: number;
  /** Default: 2 to 8 tasks. */
  tasks?: { min: number; max: number };
};

/** Where the program listens, and where it says that it is healthy. */
export const CONTAINER_PORT = 8080;
export const HEALTH_PATH = '/health';
export const CONTAINER_NAME = 'web';
