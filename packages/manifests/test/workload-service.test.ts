import { expect, test } from '@jest/globals';
import { virtualFileName } from '../src/synth.ts';
import { nodePortsOf, reachedPods } from '../src/workload-service.ts';

function object(kind: string, name: string, namespace = 'default', spec: object = {}) {
  return { apiVersion: 'v1', kind, metadata: { name, namespace }, spec };
}

test('a chart without the Service that the workload is reached by is refused, by its name', () => {
  const selector = { app: 'x' };
  const others = [
    object('Deployment', 'fixture-public'),
    object('Service', 'fixture-public', 'elsewhere', { selector }),
    object('Service', 'fixture-public'),
  ];
  expect(() => reachedPods(others)).toThrow('Service default/fixture-public');
  const service = object('Service', 'fixture-public', 'default', { selector });
  expect(reachedPods([...others.slice(0, 2), service]).labels).toEqual(selector);
});

test('the quota counts every port of every NodePort Service', () => {
  const ports = [{ port: 1 }, { port: 2 }];
  const services = [
    object('Service', 'a', 'default', { type: 'NodePort', ports }),
    object('Service', 'b', 'default', { type: 'NodePort', ports: ports.slice(1) }),
    object('Service', 'c', 'default', { ports }),
  ];
  expect(nodePortsOf(services)).toBe(3);
});

test('objects of one kind and name in two namespaces are two files', () => {
  expect(virtualFileName(object('ConfigMap', 'a'))).toBe('configmap.a.yaml');
  expect(virtualFileName(object('ConfigMap', 'a', 'jobs'))).toBe('configmap.jobs.a.yaml');
});
