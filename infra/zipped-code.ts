import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { aws_lambda as lambda } from 'aws-cdk-lib';

/**
 * What infra/packaging/package-cfn.ts writes; in the npm package it is in the same place beside the construct's
 * folder.
 */
const DIRECTORY = join(import.meta.dirname, '../dist/cloudformation');

/** A handler's zip, by its file's name; the zip's own name carries a hash of its content. */
export const zippedCode = (file: string): lambda.Code => {
  const names = existsSync(DIRECTORY) ? readdirSync(DIRECTORY) : [];
  const name = names.find(
    (one) => one.startsWith(`${file}-`) && /^-[0-9a-f]{16}\.zip$/.test(one.slice(file.length)),
  );
  if (name === undefined) {
    throw new Error(
      `expected ${file}-....zip in ${DIRECTORY}, found none: in a clone run \`npm run package\` first, ` +
        'or give the construct codeOf',
    );
  }
  return lambda.Code.fromAsset(join(DIRECTORY, name));
};
