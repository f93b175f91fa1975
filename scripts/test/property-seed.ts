import { configureGlobal } from 'fast-check';

// The same cases each time, so that what fails fails again; another seed tries others.
configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 1) });
