// Prints the tree of the tenants.json text in argv[2], for a test to run in other surroundings.
import { parseTenants } from '@tenantry/tenants';
import { synthesize } from '../src/index.ts';
import { pins } from './fleet.ts';

const tree = synthesize(parseTenants(process.argv[2] ?? ''), pins);
process.stdout.write(JSON.stringify([...tree]));
