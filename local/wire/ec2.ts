/** Of EC2, whose shapes are as large as the rest of the command line, what a world serves. */
export { DescribeSecurityGroups$, DescribeSubnets$, EC2Client } from '@aws-sdk/client-ec2';
