import { runJest } from './lib/run-jest.ts';

process.exitCode = runJest('hermetic', process.argv.slice(2));
