/** The kernels that the module is tested on, by the Debian suite that serves them. It must not know any test. */

export interface DebianKernel {
  /** What a person calls it; the folder of its cached tree. */
  readonly name: string;
  /** The release that the suite belongs to. */
  readonly release: string;
  readonly suite: string;
  /** Newer ones ship their headers without what sparse needs. */
  readonly sparse: boolean;
  /** Also built by DKMS. */
  readonly dkms: boolean;
}

export const debianKernels: readonly DebianKernel[] = [
  { name: '5.10', release: 'bullseye', suite: 'bullseye', sparse: true, dkms: false },
  { name: '6.1', release: 'bookworm', suite: 'bookworm', sparse: true, dkms: true },
  { name: '6.12', release: 'bookworm', suite: 'bookworm-backports', sparse: true, dkms: false },
  { name: 'newest', release: 'trixie', suite: 'trixie-backports', sparse: false, dkms: false },
];
