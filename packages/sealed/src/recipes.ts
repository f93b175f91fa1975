export * from './go-tools.ts';
export * from './images.ts';
export * from './node.ts';
export * from './roots.ts';
