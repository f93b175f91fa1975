export * from './recipes.ts';
export * from './versions.ts';
