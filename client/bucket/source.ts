/** What cQube answers about its buckets, asked for once and kept until somebody wants to know anew. */
import { lookInto } from '../../core/bucket/listing.ts';
import type { BucketEntry, Listing } from '../../core/bucket/listing.ts';
import { bucketRoles } from '../../core/bucket/key.ts';
import type { BucketRole } from '../../core/bucket/key.ts';
import type { Api, Buckets } from '../../core/emit/api/api.ts';

export interface BucketConnection {
  readonly api: Api;
  /** Origin of the endpoint. */
  readonly origin: string;
  readonly host: string;
}

/** Why nothing is asked; the view says what to do about it. */
export type Obstacle = 'untrusted' | 'no-endpoint' | 'no-token';

/** The way to cQube as it is now. */
export type Connect = () => Promise<BucketConnection | Obstacle>;

/** `forgotten`: everything is to be asked for anew. `learnt`: one more bucket is known. */
export type SourceChange = 'forgotten' | 'learnt';

export interface Opened extends BucketConnection {
  readonly buckets: Buckets;
}

export class BucketSource {
  readonly #connect: Connect;
  readonly #release: () => string;
  readonly #listeners = new Set<(change: SourceChange) => void>();
  #opened: Promise<Opened | Obstacle> | undefined;
  #listings = new Map<BucketRole, Promise<Listing>>();
  #known = new Map<BucketRole, Listing>();
  #origin: string | undefined;

  /** @param release the release of cQube that takes the files */
  constructor(connect: Connect, release: () => string) {
    this.#connect = connect;
    this.#release = release;
  }

  /** Calls `listener` when something was learnt or forgotten. @returns what ends that */
  onDidChange(listener: (change: SourceChange) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Forgets everything: whoever asks next asks cQube. */
  forget(): void {
    this.#opened = undefined;
    this.#listings = new Map();
    this.#known = new Map();
    this.#origin = undefined;
    this.#tell('forgotten');
  }

  /** The buckets, or why nothing is asked. @throws EmissionError, the same one until everything is forgotten */
  open(): Promise<Opened | Obstacle> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<Opened | Obstacle> {
    const connection = await this.#connect();
    if (typeof connection === 'string') return connection;
    this.#origin = connection.origin;
    return { ...connection, buckets: await connection.api.listBuckets() };
  }

  /** What a bucket holds. @throws EmissionError, as `open` */
  list(role: BucketRole): Promise<Listing> {
    let listing = this.#listings.get(role);
    if (!listing) {
      listing = this.#list(role, this.#listings);
      this.#listings.set(role, listing);
    }
    return listing;
  }

  async #list(role: BucketRole, listings: ReadonlyMap<BucketRole, unknown>): Promise<Listing> {
    const opened = await this.open();
    if (typeof opened === 'string') throw new Error('Nothing is asked of cQube now.');
    const listing = await lookInto(opened.api, role, opened.buckets, this.#release());
    // An answer that comes after everything was forgotten is nobody's any more.
    if (listings === this.#listings) {
      this.#known.set(role, listing);
      this.#tell('learnt');
    }
    return listing;
  }

  /** What is known of a bucket without asking; undefined where it was not listed. */
  known(role: BucketRole): Listing | undefined {
    return this.#known.get(role);
  }

  /** Origin that what is known comes from. */
  get origin(): string | undefined {
    return this.#origin;
  }

  /** Every entry that is known. */
  entries(): readonly BucketEntry[] {
    return bucketRoles.flatMap((role) => this.#known.get(role)?.entries ?? []);
  }

  #tell(change: SourceChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
