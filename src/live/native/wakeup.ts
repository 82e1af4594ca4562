import { pinned } from "./ffi.ts";
import { libc, processLibrary, systemError } from "./libc.ts";

const EFD_FLAGS = 0x80800; // non-blocking, not inherited
const F_SETFL = 4;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const O_NONBLOCK = 0x0004; // of macOS and the BSDs

/** A descriptor that can be made readable from any thread, to end a wait: an eventfd on Linux, a pipe elsewhere. */
export class Wakeup {
  /** What is to be waited for. */
  readonly fd: number;
  private readonly writing: number;
  private readonly one: Buffer;
  private readonly sink: Buffer;

  constructor(isLinux = process.platform === "linux") {
    this.one = pinned(8);
    this.one[0] = 1;
    this.sink = pinned(64);
    const [fd, writing] = isLinux ? eventDescriptor() : pipeDescriptors();
    this.fd = fd;
    this.writing = writing;
  }

  signal(): void {
    libc().write(this.writing, this.one, 8);
  }

  /** Takes back all signals until now. */
  drain(): void {
    libc().read(this.fd, this.sink, this.sink.length);
  }

  close(): void {
    libc().close(this.fd);
    if (this.writing !== this.fd) libc().close(this.writing);
  }
}

function eventDescriptor(): [fd: number, writing: number] {
  const eventfd = processLibrary().func<[value: number, flags: number], number>(
    "int eventfd(uint value, int flags)",
  );
  const fd = eventfd(0, EFD_FLAGS);
  if (fd < 0) throw systemError("", "eventfd");
  return [fd, fd];
}

function pipeDescriptors(): [fd: number, writing: number] {
  const library = processLibrary();
  const pipe = library.func<[into: Buffer], number>("int pipe(void *into)");
  const fcntl = library.func<[fd: number, command: number, argument: number], number>(
    "int fcntl(int fd, int command, int argument)",
  );
  const pair = pinned(8);
  if (pipe(pair) < 0) throw systemError("", "pipe");
  const both: [number, number] = [pair.readInt32LE(0), pair.readInt32LE(4)];
  const nonBlocking = process.platform === "linux" ? 0x800 : O_NONBLOCK;
  for (const fd of both) {
    fcntl(fd, F_SETFL, nonBlocking);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  return both;
}
