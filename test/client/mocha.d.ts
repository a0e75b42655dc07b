/** What the tests use of Mocha, whose package has no types: its `tdd` words and the runner. */
declare module 'mocha' {
  export interface MochaTest {
    readonly duration?: number;
    fullTitle(): string;
  }
  export interface Runner {
    on(event: 'pass' | 'pending', listener: (test: MochaTest) => void): this;
    on(event: 'fail', listener: (test: MochaTest, error: Error) => void): this;
  }
  export default class Mocha {
    static readonly reporters: { readonly Base: new (runner: Runner) => object };
    constructor(options: {
      readonly ui: 'tdd';
      readonly timeout: number;
      readonly reporter: new (runner: Runner) => object;
      readonly grep?: string;
    });
    addFile(file: string): this;
    run(done: (failures: number) => void): unknown;
  }
}

type TestBody = (this: { timeout(milliseconds: number): void; skip(): never }) => void | Promise<void>;
declare function suite(title: string, body: () => void): void;
declare function test(title: string, body: TestBody): void;
declare function suiteSetup(body: TestBody): void;
declare function suiteTeardown(body: TestBody): void;
declare function setup(body: TestBody): void;
declare function teardown(body: TestBody): void;
