/** The part of asl-validator 4 that the tests use; it ships no types. */
declare module 'asl-validator' {
  /** Changes the definition it is given. */
  export default function validate(definition: unknown): {
    isValid: boolean;
    errorsText(separator?: string): string;
  };
}
