export function tooOld(version: string): string | undefined;
export function requireNode(): void;
